import { describe, expect, expectTypeOf, it } from 'vitest';
import type { z } from 'zod';
import { AppError, errorCodes, type AppErrorShape } from '../core/app-error';
import type * as core from '../core/study/entities';
import type { SeriesIssue } from '../core/volume/series-issues';
import * as contract from './entities';

/** Zod's types are mutable, core's are readonly: that is the one difference allowed. */
type Mutable<T> = T extends object ? { -readonly [K in keyof T]: Mutable<T[K]> } : T;
type Twin<Schema extends z.ZodType> = Mutable<z.output<Schema>>;

describe("contract's schemas and core's types", () => {
  it('are the same shapes (checked by tsc)', () => {
    expectTypeOf<Twin<typeof contract.patient>>().toEqualTypeOf<Mutable<core.Patient>>();
    expectTypeOf<Twin<typeof contract.voxelType>>().toEqualTypeOf<core.VoxelType>();
    expectTypeOf<Twin<typeof contract.pixelLayout>>().toEqualTypeOf<Mutable<core.PixelLayout>>();
    expectTypeOf<Twin<typeof contract.dicomSource>>().toEqualTypeOf<Mutable<core.DicomSource>>();
    expectTypeOf<Twin<typeof contract.scannedSeries>>().toEqualTypeOf<Mutable<core.ScannedSeries>>();
    expectTypeOf<Twin<typeof contract.seriesIssue>>().toEqualTypeOf<SeriesIssue>();
    expectTypeOf<Twin<typeof contract.skippedFile>>().toEqualTypeOf<Mutable<core.SkippedFile>>();
    expectTypeOf<Twin<typeof contract.scanResult>>().toEqualTypeOf<Mutable<core.ScanResult>>();
    expectTypeOf<Twin<typeof contract.findingPlace>>().toEqualTypeOf<Mutable<core.FindingPlace>>();
    expectTypeOf<Twin<typeof contract.verdict>>().toEqualTypeOf<core.Verdict>();
    expectTypeOf<Twin<typeof contract.rejectReason>>().toEqualTypeOf<core.RejectReason>();
    expectTypeOf<Twin<typeof contract.decision>>().toEqualTypeOf<Mutable<core.Decision>>();
    expectTypeOf<Twin<typeof contract.findingOrigin>>().toEqualTypeOf<Mutable<core.FindingOrigin>>();
    expectTypeOf<Twin<typeof contract.outlineMask>>().toEqualTypeOf<Mutable<core.OutlineMask>>();
    expectTypeOf<Twin<typeof contract.measurement>>().toEqualTypeOf<Mutable<core.Measurement>>();
    expectTypeOf<Twin<typeof contract.lesionLink>>().toEqualTypeOf<Mutable<core.LesionLink>>();
    expectTypeOf<Twin<typeof contract.finding>>().toEqualTypeOf<Mutable<core.Finding>>();
    expectTypeOf<Twin<typeof contract.resultSet>>().toEqualTypeOf<Mutable<core.ResultSet>>();
    expectTypeOf<Twin<typeof contract.appError>['code']>().toEqualTypeOf<AppErrorShape['code']>();
  });

  const volume: core.ScannedSeries = {
    format: 'nrrd',
    patient: { id: '', name: 'Doe^Jane', birthDate: '', sex: '' },
    studyInstanceUid: '2.25.1',
    studyDescription: '',
    studyDate: '',
    seriesInstanceUid: '2.25.2',
    seriesDescription: '',
    modality: 'MR',
    bodyPart: 'BRAIN',
    bodyPartGuessed: true,
    files: ['/x.nrrd'],
    fileStamps: [{ size: 1, mtimeMs: 1.5 }],
    pixels: {
      kind: 'volume',
      geometry: {
        dims: [2, 2, 2],
        spacing: [1, 1, 1],
        origin: [0, 0, 0],
        direction: [
          [1, 0, 0],
          [0, 1, 0],
          [0, 0, 1],
        ],
      },
      voxelType: 'int16',
      valueRange: [-5, 5],
      voi: [{ name: 'Full', center: 0, width: 10 }],
    },
    dicom: null,
    warnings: ['w'],
    analysable: true,
  };

  it('parse a series back unchanged', () => {
    expect(contract.scannedSeries.parse(volume)).toEqual(volume);
    const dicom: core.DicomSource = {
      frameOfReferenceUid: '1',
      instances: [{ sopClassUid: '1', sopInstanceUid: '2', frame: null }],
      studyDate: '',
      studyTime: '',
      studyId: '',
      accessionNumber: '',
      referringPhysician: '',
      seriesNumber: null,
    };
    expect(contract.scannedSeries.parse({ ...volume, format: 'dicom', dicom }).dicom).toEqual(dicom);
  });

  it.each([
    ['a series without files', contract.scannedSeries, { ...volume, files: [] }],
    ['an unknown modality', contract.scannedSeries, { ...volume, modality: 'XX' }],
    [
      'a not-a-number spacing',
      contract.volumeGeometry,
      { ...(volume.pixels as core.VolumeLayout).geometry, spacing: [NaN, 1, 1] },
    ],
    ['an infinite box', contract.findingPlace, { space: 'lps', boxLps: [0, 0, 0, Infinity, 1, 1] }],
    ['a box without width', contract.findingPlace, { space: 'px', boxPx: [0, 0, 0, 1], frame: 0 }],
    ['a fractional frame', contract.findingPlace, { space: 'px', boxPx: [0, 0, 1, 1], frame: 0.5 }],
    [
      'an endless comment',
      contract.decision,
      { verdict: 'pending', reason: null, comment: 'x'.repeat(4001), reviewer: '', decidedAt: null },
    ],
    ['an unknown verdict', contract.verdict, 'maybe'],
  ])('refuse %s', (_name, schema, value) => {
    expect(schema.safeParse(value).success).toBe(false);
  });

  it('every error code crosses a border', () => {
    for (const code of errorCodes) {
      const shape = new AppError(code, 'm', 'h', { file: 'f' }).toShape();
      expect(contract.appError.parse(JSON.parse(JSON.stringify(shape)))).toEqual(shape);
    }
  });
});

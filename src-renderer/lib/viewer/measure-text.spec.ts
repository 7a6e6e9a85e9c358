import { describe, expect, it } from 'vitest';
import type { SeriesSummary } from '../../../src-main/contract/entities';
import type { Vec3 } from '../../../src-main/core/geometry/vec3';
import type { Measurement, MeasurementKind } from '../../../src-main/core/measure/measurement';
import { formatMessage } from '../i18n/format';
import type { Arguments, Message } from '../i18n/messages';
import { readings, valueText, type ValueSource } from './measure-text';

const english = <M extends Message>(message: M, ...values: Arguments<M>): string =>
  formatMessage('en', message, ...values);
const values: ValueSource = {
  valueAt: () => 41.5,
  region: () => ({ count: 4, mean: 12.34, deviation: 2, min: -3, max: 40 }),
};
const picture = (pixels: object, more: object = {}): SeriesSummary =>
  ({
    modality: 'US',
    pixels: { kind: 'image', width: 100, height: 100, pixelSpacing: null, valueRange: [0, 255], ...pixels },
    ...more,
  }) as SeriesSummary;
const drawn = (kind: MeasurementKind, points: readonly Vec3[]): Measurement => ({
  ...{ measurementId: 'm', kind, points },
  place: { space: 'px', frame: 0 },
});
const read = (measurement: Measurement, series: SeriesSummary): string[] =>
  readings(measurement, series, values, english);
const length = drawn('length', [
  [10, 10, 0],
  [10, 40, 0],
]);

describe('what a measurement says', () => {
  it('is in px where nothing is calibrated, and in mm where the whole picture is', () => {
    expect(read(length, picture({}))).toEqual(['30 px']);
    expect(read(length, picture({ pixelSpacing: [1, 0.25] }))).toEqual(['7.5 mm']);
  });

  it('is in mm only wholly inside a calibrated region of an ultrasound picture', () => {
    const regions = [{ boxPx: [0, 0, 60, 60], spacing: [0.1, 0.1] }];
    expect(read(length, picture({ regions }))).toEqual(['3.0 mm']);
    const across = drawn('length', [
      [10, 10, 0],
      [90, 10, 0],
    ]);
    expect(read(across, picture({ regions }))).toEqual(['80 px']);
  });

  it('is nothing in mm in a series that is unsafe', () => {
    const unsafe = { issues: [{ code: 'missing-slices', severity: 'unsafe', text: '' }] };
    expect(read(length, picture({ pixelSpacing: [1, 1] }, unsafe))).toEqual(['30 px']);
    const volume = {
      ...picture({}, unsafe),
      pixels: { kind: 'volume', valueRange: [0, 9] },
    } as SeriesSummary;
    expect(read({ ...length, place: { space: 'lps', axis: 0 } }, volume)).toEqual(['not measured (unsafe)']);
  });

  it('of a region are its values and its area; of colour its area alone', () => {
    const ellipse = drawn('ellipse', [
      [0, 0, 0],
      [10, 20, 0],
    ]);
    expect(read(ellipse, picture({}, { modality: 'CT' }))).toEqual([
      'Mean 12.3 ± 2 HU',
      '-3 to 40 HU',
      'Area 157 px²',
    ]);
    expect(readings(ellipse, picture({}), { ...values, region: () => null }, english)).toEqual([
      'Area 157 px²',
    ]);
  });

  it('shows fractions where whole numbers would say nothing', () => {
    expect(valueText(0.01234, { pixels: picture({ valueRange: [0, 1] }).pixels })).toBe('0.0123');
    expect(valueText(1000, { pixels: picture({ valueRange: [-1000, 3000] }).pixels })).toBe('1000');
    expect(read(drawn('probe', [[1, 1, 0]]), picture({}))).toEqual(['41.5']);
  });
});

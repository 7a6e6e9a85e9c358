import { describe, expect, it } from 'vitest';
import type { ImageLayout, VolumeLayout } from '../study/entities';
import { hang, type HangingSeries } from './hanging-protocol';

const picture: ImageLayout = {
  ...{ kind: 'image', width: 10, height: 10, frames: 1, channels: 1, voxelType: 'uint16' },
  ...{ pixelSpacing: null, valueRange: [0, 1], voi: [] },
};
const volume: VolumeLayout = {
  kind: 'volume',
  geometry: {
    ...{ dims: [4, 4, 4], spacing: [1, 1, 1], origin: [0, 0, 0] },
    direction: [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
  },
  ...{ voxelType: 'int16', valueRange: [0, 1], voi: [] },
};
const mammogram = (seriesId: string, laterality: 'L' | 'R', view: string, rows?: string): HangingSeries => ({
  ...{ seriesId, modality: 'MG', pixels: picture, laterality, view },
  patientOrientation: rows === undefined ? undefined : [rows, 'F'],
});
const mr = (seriesId: string): HangingSeries => ({ seriesId, modality: 'MR', pixels: volume });
const ids = (
  all: readonly HangingSeries[],
  current: string,
  layout: Parameters<typeof hang>[2] = 'protocol',
) => hang(all, current, layout).cells.map((cell) => cell.seriesId);

describe('mammograms', () => {
  const four = [
    mammogram('lmlo', 'L', 'MLO', 'P'),
    mammogram('lcc', 'L', 'CC', 'A'),
    mammogram('rmlo', 'R', 'MLO', 'P'),
    mammogram('rcc', 'R', 'CC', 'A'),
  ];
  it('hang in pairs, the right breast on the left, CC above MLO', () => {
    const { rows, columns } = hang(four, 'lcc', 'protocol');
    expect([rows, columns]).toEqual([2, 2]);
    expect(ids(four, 'lcc')).toEqual(['rcc', 'lcc', 'rmlo', 'lmlo']);
  });
  it('are mirrored where their chest walls would not meet', () => {
    const mirrored = hang(four, 'lcc', 'protocol').cells.filter((cell) => cell.mirrored);
    expect(mirrored.map((cell) => cell.seriesId)).toEqual(['rcc', 'lmlo']);
    expect(hang([mammogram('r', 'R', 'CC')], 'r', 'protocol').cells[0]!.mirrored).toBe(false);
  });
  it('leave out a view that only one side has, and hang alone where there is no pair', () => {
    expect(ids([four[1]!, four[3]!, four[0]!], 'lcc')).toEqual(['rcc', 'lcc']);
    expect(ids([four[1]!, four[3]!, four[0]!], 'lmlo')).toEqual(['lmlo']);
  });
  it('show the one being read where a view was taken twice', () => {
    const twice = [...four, mammogram('rcc2', 'R', 'CC', 'P')];
    expect(ids(twice, 'rcc2')[0]).toBe('rcc2');
    expect(ids(twice, 'lcc')[0]).toBe('rcc');
  });
});

describe('MR', () => {
  const six = ['a', 'b', 'c', 'd', 'e', 'f'].map(mr);
  it('hangs side by side, four at most, with the series being read', () => {
    expect(ids(six, 'b')).toEqual(['a', 'b', 'c', 'd']);
    expect(ids(six, 'f')).toEqual(['a', 'b', 'c', 'f']);
    expect(hang(six.slice(0, 2), 'a', 'protocol')).toMatchObject({ rows: 1, columns: 2 });
    expect(hang(six, 'b', 'protocol').cells.every((cell) => cell.view === 'single')).toBe(true);
  });
  it('hangs in three planes where it is the only series', () => {
    expect(hang([mr('a')], 'a', 'protocol').cells).toEqual([{ seriesId: 'a', view: 'mpr', mirrored: false }]);
  });
});

describe('others', () => {
  const ct: HangingSeries[] = ['a', 'b'].map((seriesId) => ({ seriesId, modality: 'CT', pixels: volume }));
  it('CT hangs in three planes', () =>
    expect(hang(ct, 'b', 'protocol')).toMatchObject({
      rows: 1,
      columns: 1,
      cells: [{ seriesId: 'b', view: 'mpr' }],
    }));
  it('both eyes hang side by side, the right one on the left', () => {
    const eye = (seriesId: string, laterality: 'L' | 'R'): HangingSeries => ({
      ...{ seriesId, modality: 'OP', pixels: picture, laterality },
    });
    expect(ids([eye('os', 'L'), eye('od', 'R')], 'os')).toEqual(['od', 'os']);
    expect(ids([eye('os', 'L')], 'os')).toEqual(['os']);
  });
  it('a chosen layout begins with the series being read', () => {
    expect(ids(ct, 'b', '1x2')).toEqual(['b', 'a']);
    expect(ids(ct, 'b', '1x1')).toEqual(['b']);
    expect(hang(ct, 'gone', '2x2').cells).toEqual([]);
  });
  it('never mixes volumes and pictures in one grid', () =>
    expect(ids([...ct, mammogram('m', 'R', 'CC')], 'm', '2x2')).toEqual(['m']));
});

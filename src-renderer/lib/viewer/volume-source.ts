import { cache, volumeLoader, type Types } from '@cornerstonejs/core';
import type { SeriesSummary } from '../../../src-main/contract/entities';
import type { VolumeLayout } from '../../../src-main/core/study/entities';
import { invoke } from '../api/client';
import { batches, batchesAtOnce, eachAtOnce } from './batches';
import { crc32 } from './crc32';
import { middleOut } from './planes';
import { textureArray, voxelView, type TextureArray } from './voxel-arrays';

/** Counts the volumes of this window: a series that is opened again must not meet its closed volume's slices. */
let opened = 0;

/**
 * A series' voxels in the window's memory, filled middle slice first from main (never a network loader) and
 * shown while they arrive.
 */
export class VolumeSource {
  readonly pixels: VolumeLayout;
  private readonly data: TextureArray;
  /** Where the graphics card draws it. */
  private volume: Types.IImageVolume | null = null;
  private readonly arrived: boolean[];
  private closed = false;

  constructor(private readonly series: SeriesSummary) {
    if (series.pixels.kind !== 'volume') throw new TypeError('VolumeSource takes a volume series');
    this.pixels = series.pixels;
    const { dims } = this.pixels.geometry;
    this.data = textureArray(this.pixels.voxelType, dims[0] * dims[1] * dims[2]);
    this.data.fill(this.pixels.valueRange[0]);
    this.arrived = new Array<boolean>(dims[2]).fill(false);
  }

  /** All of them; those of slices that are not in yet are the lowest value. */
  get voxels(): TextureArray {
    return this.data;
  }

  /** Lets Cornerstone draw it. @returns its id there */
  onCard(): string {
    const { series } = this;
    // No colon: Cornerstone would take the slices' ids for ones it can load, and look for our loader of them.
    const volumeId = `regio-volume-${series.seriesId}-${++opened}`;
    const { dims, spacing, origin, direction } = this.pixels.geometry;
    const bits = this.data.BYTES_PER_ELEMENT * 8;
    this.volume = volumeLoader.createLocalVolume(volumeId, {
      scalarData: this.data,
      dimensions: [...dims],
      spacing: [...spacing],
      origin: [...origin],
      direction: direction.flat() as Types.Mat3,
      metadata: {
        BitsAllocated: bits,
        BitsStored: bits,
        SamplesPerPixel: 1,
        HighBit: bits - 1,
        PhotometricInterpretation: 'MONOCHROME2',
        PixelRepresentation: this.pixels.voxelType.startsWith('u') ? 0 : 1,
        Modality: series.modality,
        ImageOrientationPatient: [...direction[0], ...direction[1]],
        PixelSpacing: [spacing[1], spacing[0]],
        FrameOfReferenceUID: series.seriesId,
        Columns: dims[0],
        Rows: dims[1],
        voiLut: this.pixels.voi.map((w) => ({ windowCenter: w.center, windowWidth: w.width })),
        VOILUTFunction: 'LINEAR',
      },
    });
    return volumeId;
  }

  /** Fetches every slice; `onSlices` gets the fraction that is in after each batch. Stops silently once closed. */
  async fill(onSlices: (fraction: number) => void): Promise<void> {
    const { dims } = this.pixels.geometry;
    const sliceLength = dims[0] * dims[1];
    const [first, ...rest] = batches(middleOut(dims[2]), sliceLength * this.data.BYTES_PER_ELEMENT);
    let done = 0;
    const fetch = async (indices: number[]): Promise<boolean> => {
      const slices = await invoke('series.readSlices', { seriesId: this.series.seriesId, indices }).catch(
        (error: unknown) => {
          // A study that was left, or removed since, is nobody's failure any more.
          if (this.closed) return null;
          throw error;
        },
      );
      if (this.closed || !slices) return false;
      for (const { index, data } of slices) {
        this.data.set(voxelView(this.pixels.voxelType, data), index * sliceLength);
        this.arrived[index] = true;
        this.volume?.vtkOpenGLTexture.setUpdatedFrame(index);
      }
      this.volume?.modified();
      done += indices.length;
      onSlices(done / dims[2]);
      return true;
    };
    if (await fetch(first!)) await eachAtOnce(rest, batchesAtOnce, fetch);
  }

  hasSlice(index: number): boolean {
    return this.arrived[index] ?? false;
  }

  /** CRC-32 of slice `index` as it lies in the memory that is shown; empty before it has arrived. */
  checksum(index: number): string {
    if (!this.arrived[index]) return '';
    const { dims } = this.pixels.geometry;
    const length = dims[0] * dims[1];
    const slice = this.data.subarray(index * length, (index + 1) * length);
    return crc32(new Uint8Array(slice.buffer, slice.byteOffset, slice.byteLength));
  }

  /** Gives the memory back. The slices are cached apart from their volume and keep all its voxels alive. */
  close(): void {
    this.closed = true;
    if (this.volume) {
      const { imageIds, volumeId } = this.volume;
      cache.removeVolumeLoadObject(volumeId);
      for (const imageId of imageIds) {
        if (cache.getImageLoadObject(imageId)) cache.removeImageLoadObject(imageId, { force: true });
      }
    }
    // Of a study that was removed meanwhile nothing is left to close.
    void invoke('series.leave', { seriesId: this.series.seriesId }).catch(() => undefined);
  }
}

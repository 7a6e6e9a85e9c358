import type { Vec3 } from '../geometry/vec3';

/** DICOM (0008,0060); `OT` where the file does not say and nobody was asked. */
export type Modality = 'CT' | 'MR' | 'MG' | 'US' | 'ES' | 'OP' | 'OT';

/** Voxels of one channel. Float32 where a rescale has a fraction, else the narrowest type that holds the values. */
export type VoxelArray = Uint8Array | Int16Array | Uint16Array | Int32Array | Float32Array;

/**
 * Where voxels lie in the patient, in DICOM's LPS axes and millimetres (PS3.3 C.7.6.2.1.1).
 * `origin` is the centre of voxel (0,0,0). `direction` holds the unit vectors of the i, j and k axes,
 * one after the other: lps = origin + sum over axes a of direction[a] * spacing[a] * ijk[a].
 */
export interface VolumeGeometry {
  readonly dims: Vec3;
  readonly spacing: Vec3;
  readonly origin: Vec3;
  readonly direction: readonly [Vec3, Vec3, Vec3];
}

/** Voxels (i fastest, then j, then k) after the modality LUT (CT: Hounsfield units), and where they lie. */
export interface Volume extends VolumeGeometry {
  readonly data: VoxelArray;
  readonly modality: Modality;
}

/** A picture without a place in the patient: photograph, ultrasound frame, mammogram. */
export interface RasterImage {
  readonly width: number;
  readonly height: number;
  /** 1 = grey, 3 = interleaved RGB. */
  readonly channels: 1 | 3;
  /** Row-major; 8-bit where channels is 3. MONOCHROME1 is inverted on load, so that larger is brighter. */
  readonly data: VoxelArray;
  /** [column, row] distance in mm, or null where the picture is not calibrated. */
  readonly pixelSpacing: readonly [number, number] | null;
  readonly modality: Modality;
}

/**
 * How modality values become grey levels (DICOM PS3.3 C.11.2.1): a window's centre and width in modality units, or a
 * table of the file.
 */
export interface VoiWindow {
  readonly center: number;
  readonly width: number;
  /** C.11.2.1.3; left out: linear. */
  readonly shape?: 'linear' | 'linear-exact' | 'sigmoid' | undefined;
  /**
   * A lookup table as the line through [modality value, grey 0..1], values rising, at most 1/1000 from the table; flat
   * beyond its ends, which center and width span. Left out: there is none.
   */
  readonly curve?: readonly (readonly [number, number])[] | undefined;
}

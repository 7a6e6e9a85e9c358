import type { Explanation, PictureExplanation } from '../core/detection/explanation';
import type { ProposalProvenance } from '../core/detection/select-proposals';
import type { Box2, Box3 } from '../core/geometry/box';
import type { Vec3 } from '../core/geometry/vec3';
import type { JobOptions } from '../core/study/entities';
import type { NotAnalysable } from '../core/quality/verdict';
import type { RasterImage, Volume } from '../core/volume/volume';
import type { ModelBundle, ProposalSpec } from './bundle/schema';

/** A region of one picture that may be a lesion. */
export interface Proposal {
  /** [x0, y0, x1, y1] px of the picture as given. */
  readonly box: Box2;
  readonly score: number;
  readonly label: string;
  /** By label, in the order of the bundle's; left out where the model has one label. */
  readonly classScores?: readonly number[] | undefined;
  readonly provenance: ProposalProvenance;
}

/** Proposals of neighbouring slices, merged. */
export interface Candidate {
  /** LPS mm. */
  readonly boxLps: Box3;
  readonly score: number;
  readonly label: string;
  readonly provenance: ProposalProvenance;
}

export interface DetectOptions extends JobOptions {
  /** Default: the bundle's score floor. */
  readonly minScore?: number | undefined;
  /** Let selective search point at places too, for the network to judge; default: as the bundle says. */
  readonly selectiveSearch?: boolean | undefined;
  /** In place of the bundle's rules of how many proposals are made and which suppress which; pictures only. */
  readonly proposals?: Partial<ProposalSpec> | undefined;
}

export interface ExplainOptions extends DetectOptions {
  /** Read the rest of the volume too: what suppression or merging over all of it makes of the boxes. Default: no. */
  readonly whole?: boolean | undefined;
}

/** What a gate makes of a volume. */
export interface VolumeJudgement {
  /** Slices that were looked at; 1 where the volume is judged as a whole, 0 without a gate. */
  readonly checked: number;
  readonly notAnalysable: NotAnalysable | null;
}

/** A loaded model. Use it from one job at a time, and dispose it: weights live outside JavaScript's memory. */
export interface Detector {
  readonly bundle: ModelBundle;
  readonly modelHash: string;
  /** Whether the model can judge a picture; null: it can, or has no gate to say otherwise. */
  judgeImage(image: RasterImage): Promise<NotAnalysable | null>;
  /** The same of a volume: of itself, or of its middle slices where the model reads slices. */
  judgeVolume(volume: Volume): Promise<VolumeJudgement>;
  /** Best first. @throws AppError job.cancelled, detection.failed */
  detectImage(image: RasterImage, options?: DetectOptions): Promise<Proposal[]>;
  /** Slice by slice along k, merged, best first. @throws AppError job.cancelled, detection.failed */
  detectVolume(volume: Volume, options?: DetectOptions): Promise<Candidate[]>;
  /** @param point px of the picture. @throws AppError request.invalid outside it, detection.failed */
  explainImage(
    image: RasterImage,
    point: readonly [number, number],
    options?: DetectOptions,
  ): Promise<PictureExplanation>;
  /** @param point LPS mm. @throws AppError request.invalid outside the volume, job.cancelled, detection.failed */
  explainVolume(volume: Volume, point: Vec3, options?: ExplainOptions): Promise<Explanation>;
  dispose(): void;
}

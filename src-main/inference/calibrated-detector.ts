import type { BoxFate, Explanation, PictureExplanation } from '../core/detection/explanation';
import { calibrateScore, uncalibrateScore, type ScoreCalibration } from '../core/evaluation/platt';
import type { Vec3 } from '../core/geometry/vec3';
import type { NotAnalysable } from '../core/quality/verdict';
import type { RasterImage, Volume } from '../core/volume/volume';
import type { ModelBundle } from './bundle/schema';
import type {
  Candidate,
  DetectOptions,
  Detector,
  ExplainOptions,
  Proposal,
  VolumeJudgement,
} from './detector-types';

/**
 * A detector whose scores are what they say: the share of such marks that lie on a lesion (core/evaluation/platt.ts).
 *
 * Calibration is the last step, after suppression and after boxes of neighbouring slices are merged, and it rises strictly:
 * what is found, where and in which order is the network's own. Limits come in as calibrated scores and are turned back.
 * Of an explanation, `score`, `byScore` and the score floor are calibrated; what stages and anchors say is the network's.
 */
export class CalibratedDetector implements Detector {
  constructor(
    private readonly network: Detector,
    private readonly calibration: ScoreCalibration,
  ) {}

  get bundle(): ModelBundle {
    return this.network.bundle;
  }

  get modelHash(): string {
    return this.network.modelHash;
  }

  judgeImage(image: RasterImage): Promise<NotAnalysable | null> {
    return this.network.judgeImage(image);
  }

  judgeVolume(volume: Volume): Promise<VolumeJudgement> {
    return this.network.judgeVolume(volume);
  }

  async detectImage(image: RasterImage, options: DetectOptions = {}): Promise<Proposal[]> {
    return this.calibrated(await this.network.detectImage(image, this.raw(options)));
  }

  async detectVolume(volume: Volume, options: DetectOptions = {}): Promise<Candidate[]> {
    return this.calibrated(await this.network.detectVolume(volume, this.raw(options)));
  }

  async explainImage(
    image: RasterImage,
    point: readonly [number, number],
    options: DetectOptions = {},
  ): Promise<PictureExplanation> {
    const raw = this.raw(options);
    return this.explained(await this.network.explainImage(image, point, raw), options);
  }

  async explainVolume(volume: Volume, point: Vec3, options: ExplainOptions = {}): Promise<Explanation> {
    const explanation = await this.network.explainVolume(volume, point, this.raw(options));
    if (explanation.kind === 'picture') return this.explained(explanation, options);
    const boxes = explanation.boxes.map((b) => this.box(b));
    return { ...explanation, scoreFloor: this.floorOf(options), boxes };
  }

  dispose(): void {
    this.network.dispose();
  }

  private floorOf(options: DetectOptions): number {
    return options.minScore ?? this.bundle.thresholds.scoreFloor;
  }

  private raw<O extends DetectOptions>(options: O): O {
    return { ...options, minScore: uncalibrateScore(this.calibration, this.floorOf(options)) };
  }

  private calibrated<T extends { readonly score: number }>(found: readonly T[]): T[] {
    return found.map((f) => ({ ...f, score: calibrateScore(this.calibration, f.score) }));
  }

  private explained(explanation: PictureExplanation, options: DetectOptions): PictureExplanation {
    return {
      ...explanation,
      scoreFloor: this.floorOf(options),
      boxes: explanation.boxes.map((b) => this.box(b)),
      candidates: explanation.candidates?.map((c) => this.box(c)) ?? null,
    };
  }

  private box<B, T extends { readonly score: number; readonly fate: BoxFate<B> }>(
    explained: T & { readonly fate: BoxFate<B> },
  ): T & { readonly rawScore: number } {
    const { score, fate } = explained;
    return {
      ...explained,
      score: calibrateScore(this.calibration, score),
      rawScore: score,
      fate: 'by' in fate ? { ...fate, byScore: calibrateScore(this.calibration, fate.byScore) } : fate,
    };
  }
}

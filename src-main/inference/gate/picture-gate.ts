import { featureDistance, type FeatureModel } from '../../core/quality/feature-model';
import { checkSize, checkStatistics } from '../../core/quality/statistic-limits';
import type { NotAnalysable } from '../../core/quality/verdict';
import type { InputSpec } from '../bundle/schema';
import type { CompiledNetwork } from '../network/compiled';
import type { Pixels } from '../preprocess/sample';
import { gateStatistics, gateView, wholePicture, type GateView } from './gate-view';
import type { GateSpec } from './gate-spec';

const unlike: NotAnalysable = {
  reason: 'unlike',
  message: 'The picture does not look like those that this model was made for.',
};

/**
 * Tells pictures that a model can judge from those it cannot. Plain figures first, which also say what is wrong; what
 * passes them is compared with the training pictures by the network's own features.
 */
export class PictureGate {
  constructor(
    readonly spec: GateSpec,
    private readonly model: FeatureModel,
    private readonly network: CompiledNetwork,
    private readonly input: InputSpec,
  ) {}

  /** @param whiteValue what is white in the picture. @returns why it cannot be analysed, or null */
  check(pixels: Pixels, whiteValue: number): NotAnalysable | null {
    const tooSmall = checkSize(pixels.width, pixels.height);
    if (tooSmall) return tooSmall;
    const whole = wholePicture(pixels, this.input, whiteValue);
    const statistics = gateStatistics(pixels, whole, whiteValue);
    return (
      checkStatistics(statistics, this.spec.limits, this.input.channels) ??
      this.checkFeatures(gateView(whole, this.input))
    );
  }

  /** The features alone: slices of volumes have no white of their own to be measured against. */
  checkFeatures(view: GateView): NotAnalysable | null {
    return this.distance(view) > this.spec.features.threshold ? unlike : null;
  }

  distance({ image, inside }: GateView): number {
    return featureDistance(this.model, this.network.pooledFeatures(image, inside, this.spec.features.levels));
  }
}

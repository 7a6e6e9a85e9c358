import { detectionPlots, type DetectionPlotInput } from '../../core/evaluation/plots/detection-plots';
import type { CommandContext } from '../command';

/** `--plots`: draws what the data allow; null without a folder. */
export async function drawPlots(
  context: CommandContext,
  folder: string | undefined,
  input: DetectionPlotInput,
): Promise<string[] | null> {
  if (folder === undefined) return null;
  const { writePlots } = await import('../../services/evaluation-plots');
  return writePlots(context.path(folder), detectionPlots(input));
}

export const plotsText = (paths: readonly string[] | null): string =>
  paths === null ? '' : `\n${paths.length === 0 ? 'nothing to plot' : paths.join('\n')}\n`;

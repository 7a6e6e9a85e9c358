import type { Command } from 'commander';
import { chartSvg, colours, type Chart } from '../../core/evaluation/plots/chart';
import type { ProposalEvaluation, ProposalRanking } from '../../services/evaluate-proposals';
import { modelsFolder } from '../app-root';
import { readCocoTruth } from '../coco-files';
import type { CommandSet } from '../command';
import { exitCode } from '../io';
import { printJson, table, type Cell } from '../output';
import { figure } from './evaluate-options';
import { plotsText } from './evaluate-plots';

interface Options {
  truth: string;
  images: string;
  model: string;
  plots?: string;
}

const names: Readonly<Record<ProposalRanking, string>> = {
  network: 'network',
  'selective-search': 'selective search',
  union: 'both',
};

export function addEvaluateProposals(evaluate: Command, commands: CommandSet): void {
  const command = evaluate
    .command('proposals')
    .description('recall against the number of proposals: network, selective search, and both together')
    .requiredOption('--truth <file>', 'COCO annotation file')
    .requiredOption('--images <folder>', 'folder of the images')
    .requiredOption('--model <id>', 'model to run (regio models list)')
    .option('--plots <folder>', 'draw the curves there (SVG, PNG)');
  commands.add<Options>(
    command,
    'regio evaluate proposals --truth val.json --images images --model colonoscopy-polyp',
    async (context, _operands, options) => {
      const { evaluateProposals } = await import('../../services/evaluate-proposals');
      const result = await evaluateProposals({
        truth: readCocoTruth(context.path(options.truth)),
        imagesFolder: context.path(options.images),
        modelsFolder: modelsFolder(context.io),
        modelId: options.model,
        signal: context.io.signal,
        onProgress: context.progress.report,
      });
      let plots: string[] | null = null;
      if (options.plots !== undefined) {
        const { writePlots } = await import('../../services/evaluation-plots');
        plots = await writePlots(context.path(options.plots), [
          { name: 'proposal-recall', svg: chartSvg(recallChart(result)) },
        ]);
      }
      if (context.json) printJson(context.io, { ...result, ...(plots && { plots }) });
      else context.io.out(asText(result) + plotsText(plots));
      return exitCode.done;
    },
  );
}

function asText(result: ProposalEvaluation): string {
  const sources = Object.entries(result.sources) as [
    ProposalRanking,
    ProposalEvaluation['sources']['union'],
  ][];
  const rows = result.counts.map((count, n): Cell[] => [
    count,
    ...sources.flatMap(([, s]) => [figure(s.recall[n]), figure(s.averageRecall[n])]),
  ]);
  const head = ['proposals', ...sources.flatMap(([name]) => [names[name], 'IoU 0.5:0.95'])];
  const cost = sources.map(
    ([name, s]) =>
      `${names[name]}: ${s.msPerImage.toFixed(0)} ms, ${s.proposalsPerImage.toFixed(0)} an image`,
  );
  return (
    `${result.images} images, ${result.boxes} boxes (${result.modelId} ${result.modelVersion}); recall at IoU 0.5\n` +
    `${table(head, rows)}\n${cost.join('; ')}\n`
  );
}

function recallChart(result: ProposalEvaluation): Chart {
  const colourOf = { network: colours.blue, 'selective-search': colours.orange, union: colours.green };
  const line = (ranking: ProposalRanking): Chart['layers'][number] => ({
    kind: 'line',
    colour: colourOf[ranking],
    legend: names[ranking],
    dashed: ranking === 'union',
    points: result.counts.map((count, n) => [count, result.sources[ranking].recall[n]!] as const),
  });
  const ticks = (values: readonly number[]) => values.map((at) => ({ at, label: String(at) }));
  return {
    title: `Recall by number of proposals: ${result.modelId}`,
    x: { label: 'proposals an image', min: 1, max: 1000, log: true, ticks: ticks([1, 10, 100, 1000]) },
    y: { label: 'recall at IoU 0.5', min: 0, max: 1, ticks: ticks([0, 0.2, 0.4, 0.6, 0.8, 1]) },
    layers: [line('network'), line('selective-search'), line('union')],
    legendAt: 'bottom-right',
  };
}

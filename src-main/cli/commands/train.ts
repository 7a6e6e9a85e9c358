import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import type { BatchMakers, TrainingSummary, TrainProgress } from '../../services/training';
import { appRoot, modelsFolder } from '../app-root';
import { UsageError, type CommandSet } from '../command';
import { exitCode } from '../io';
import { printJson } from '../output';
import { trainFromCases } from './train-from-cases';

interface Options {
  data?: string;
  weights?: string;
  work?: string;
  models?: string;
  epochs?: number;
  seed?: number;
  initial?: string;
  restart?: boolean;
  fromCases?: boolean;
  model?: string;
  out?: string;
  minutes?: number;
  batchMakers?: number;
}

export function addTrain(program: Command, commands: CommandSet): void {
  const command = program
    .command('train')
    .description('train a model from a recipe; started again, it goes on where it was stopped')
    .argument('[recipe]', 'recipe file, see models/recipes; none with --from-cases')
    .option(
      '--data <folder>',
      'where the data sets of the recipe lie (default: shared/data beside the program)',
    )
    .option(
      '--weights <file>',
      'EfficientNet-Lite0 as safetensors (default: in shared/weights beside the program)',
    )
    .option('--work <folder>', 'checkpoints and loss plot (default: .train of the program)')
    .option('--models <folder>', 'where the bundle goes (default: models of the program)')
    .option('--epochs <number>', "in place of the recipe's", positive)
    .option('--seed <number>', "in place of the recipe's", whole)
    .option('--initial <bundle>', "folder of a model to go on from, in place of the backbone's weights")
    .option('--restart', 'forget the checkpoint and begin anew')
    .option(
      '--batch-makers <number>',
      'threads that make batches ahead (default: one of three processors)',
      whole,
    )
    .option('--from-cases', 'go on training a model with the reviewed cases of the worklist, and compare')
    .option('--model <id>', 'with --from-cases: the model to improve')
    .option(
      '--minutes <number>',
      'training takes at most about so long, the learning rate falling with the time',
      positive,
    )
    .option('--out <folder>', "with --from-cases: where the new model goes (default: this user's models)");
  commands.add<Options>(
    command,
    'regio train models/recipes/brain-mr-tumour.json',
    async (context, [recipe], options) => {
      if (options.fromCases) return trainFromCases(context, options);
      if (recipe === undefined)
        throw new UsageError('Name a recipe, or --from-cases.', 'models/recipes holds the recipes.');
      const { trainModel } = await import('../../services/training');
      const shared = join(appRoot(), '..', 'shared');
      const folder = (given: string | undefined, otherwise: string): string =>
        given === undefined ? otherwise : context.path(given);
      const result = await trainModel(context.path(recipe), {
        dataRoot: folder(options.data, join(shared, 'data')),
        packageRoot: join(appRoot(), '.cache', 'demo'),
        backboneWeights: folder(options.weights, join(shared, 'weights', 'efficientnet-lite0.safetensors')),
        workFolder: folder(options.work, join(appRoot(), '.train')),
        modelsFolder: folder(options.models, modelsFolder(context.io)),
        epochs: options.epochs,
        minutes: options.minutes,
        seed: options.seed,
        initial: options.initial === undefined ? undefined : context.path(options.initial),
        restart: options.restart,
        batchMakers: batchMakers(options.batchMakers),
        signal: context.io.signal,
        onProgress: (p) => context.progress.report(p.steps > 0 ? p.step / p.steps : 0, trainingStep(p)),
      });
      if (context.json) printJson(context.io, result);
      else context.io.out(asText(result));
      return exitCode.done;
    },
  );
}

/** Undefined where the program was not built: batches are then made in this thread. */
function batchMakers(count: number | undefined): BatchMakers | undefined {
  const file = join(appRoot(), 'dist', 'main', 'batch-maker.cjs');
  return existsSync(file) ? { file, count } : undefined;
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('Give a number above 0.');
  return value;
}

function whole(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(value))
    throw new InvalidArgumentError('Give a whole number.');
  return value;
}

/** "epoch 3, step 200 of 832, loss 0.412, 7.9 images/s, 11 min left" */
export function trainingStep(p: TrainProgress): string {
  if (p.phase === 'load') return 'reading the training images';
  if (p.phase === 'validate') return 'measuring on the validation images';
  if (p.phase === 'done') return 'done';
  const loss = p.loss ? `, loss ${p.loss.total.toFixed(3)}` : '';
  const left = p.etaSeconds < 90 ? `${Math.ceil(p.etaSeconds)} s` : `${Math.round(p.etaSeconds / 60)} min`;
  return `epoch ${p.epoch + 1}, step ${p.step} of ${p.steps}${loss}, ${p.imagesPerSecond.toFixed(1)} images/s, ${left} left`;
}

function asText(result: TrainingSummary): string {
  const point = result.validation.operatingPoint;
  const head = [
    `Bundle     ${result.bundleFolder}`,
    `Loss plot  ${result.lossPlot}`,
    `Training   ${result.steps} steps, ${Math.round(result.trainingSeconds)} s, ${speed(result)}`,
  ];
  if (result.kind === 'volume') {
    const { averagePrecision, cpm, counts } = result.validation.evaluation;
    return [
      ...head,
      `AP10       ${averagePrecision['AP10']!.toFixed(3)}, CPM ${cpm.toFixed(3)} (${counts.lesions} lesions in ${counts.series} volumes)`,
      thresholdText(point, 'a scan'),
      '',
    ].join('\n');
  }
  const { metrics, intervals95 } = result.validation.evaluation;
  const interval = intervals95['AP50']?.map((v) => v.toFixed(3)).join(' to ');
  return [
    ...head,
    `AP50       ${metrics.AP50.toFixed(3)}${interval === undefined ? '' : ` (95 %: ${interval})`}`,
    thresholdText(point, 'an image'),
    '',
  ].join('\n');
}

const thresholdText = (point: TrainingSummary['validation']['operatingPoint'], of: string): string =>
  point
    ? `Threshold  ${point.threshold.toFixed(3)}: sensitivity ${point.sensitivity.toFixed(3)} at ${point.measuredFalsePositives.toFixed(2)} false positives ${of}`
    : 'Threshold  none keeps to the false positives asked for';

const speed = (result: TrainingSummary): string =>
  result.kind === 'volume'
    ? `${result.patchesPerSecond.toFixed(1)} patches/s`
    : `${result.imagesPerSecond.toFixed(1)} images/s`;

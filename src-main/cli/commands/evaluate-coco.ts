import { InvalidArgumentError, type Command } from 'commander';
import type { CocoDetection, CocoTruth } from '../../core/evaluation/coco-dataset';
import { cocoKeys } from '../../core/evaluation/coco-metrics';
import { frocRates } from '../../core/evaluation/froc';
import { evaluateCoco, type CocoEvaluation } from '../../core/evaluation/evaluate-coco';
import type { CocoRun } from '../../services/evaluate';
import { readCocoDetections, readCocoTruth } from '../coco-files';
import { UsageError, type CommandContext, type CommandSet } from '../command';
import { exitCode } from '../io';
import { modelsFolder } from '../app-root';
import { printJson, table, type Cell } from '../output';
import { calibrationRows, figure, parseFields, plotsOption, range, subgroupsText } from './evaluate-options';
import { drawPlots, plotsText } from './evaluate-plots';

interface Options {
  truth: string;
  images?: string;
  model?: string;
  detections?: string;
  classAgnostic?: boolean;
  by?: string;
  plots?: string;
  selectiveSearch?: boolean;
  hit?: 'iou' | 'centre';
}

export function addEvaluateCoco(evaluate: Command, commands: CommandSet): void {
  const coco = evaluate
    .command('coco')
    .description(
      "COCO's twelve numbers, sensitivity at false positives an image (a hit: IoU >= 0.5), 95 % intervals",
    )
    .requiredOption('--truth <file>', 'COCO annotation file')
    .option('--images <folder>', 'folder of the images, to detect on with --model')
    .option('--model <id>', 'model to run (regio models list)')
    .option('--detections <file>', 'COCO results file to score, instead of --images and --model')
    .option('--selective-search', 'let selective search point at places too; the network judges them')
    .option('--class-agnostic', 'take all categories as one')
    .option(
      '--hit <rule>',
      'what a mark must do to hit: iou (IoU >= 0.5), or centre (its centre in the lesion, or the other way round)',
      hitRule,
    )
    .option('--by <field,..>', 'fields of the images to make tables by (site and patient_id unless given)')
    .option(...plotsOption);
  commands.add<Options>(
    coco,
    'regio evaluate coco --truth val.json --images images --model colonoscopy-polyp',
    async (context, _operands, options) => {
      const { detections: resultsFile, images, model } = options;
      if ((resultsFile === undefined) === (images === undefined && model === undefined)) {
        throw usage('Give either --detections, or --images and --model.');
      }
      const truth = readCocoTruth(context.path(options.truth));
      const classAgnostic = options.classAgnostic === true;
      let run: CocoRun | null = null;
      let detections: readonly CocoDetection[];
      if (resultsFile !== undefined) detections = readCocoDetections(context.path(resultsFile));
      else {
        if (images === undefined || model === undefined) throw usage('--images and --model go together.');
        run = await detect(context, truth, images, model, classAgnostic, options.selectiveSearch);
        detections = run.detections;
      }
      const by = parseFields(options.by);
      const result = evaluateCoco(truth, detections, {
        classAgnostic,
        by: by ?? ['site', 'patient_id'],
        hit: options.hit,
      });
      const plots = await drawPlots(context, options.plots, {
        title: run?.modelId ?? 'Detections',
        unit: 'image',
        rates: frocRates,
        marks: result.marks,
        clusterOf: result.clusterOf,
        calibration: result.calibration,
      });
      if (context.json) printJson(context.io, { ...asJson(result, run), ...(plots && { plots }) });
      else context.io.out(asText(result, run, by ?? ['site']) + plotsText(plots));
      return exitCode.done;
    },
  );
}

async function detect(
  context: CommandContext,
  truth: CocoTruth,
  images: string,
  modelId: string,
  classAgnostic: boolean,
  selectiveSearch: boolean | undefined,
): Promise<CocoRun> {
  const { detectCocoImages } = await import('../../services/evaluate');
  return detectCocoImages({
    truth,
    imagesFolder: context.path(images),
    modelsFolder: modelsFolder(context.io),
    modelId,
    classAgnostic,
    selectiveSearch,
    signal: context.io.signal,
    onProgress: context.progress.report,
  });
}

function hitRule(typed: string): 'iou' | 'centre' {
  if (typed === 'iou') return 'iou';
  if (typed === 'centre' || typed === 'center') return 'centre';
  throw new InvalidArgumentError('Give iou or centre.');
}

const usage = (message: string): UsageError => new UsageError(message, 'See regio evaluate coco --help.');

function asJson(result: CocoEvaluation, run: CocoRun | null): Record<string, unknown> {
  return {
    ...result.metrics,
    sensitivityAtFpPerImage: result.sensitivityAtFpPerImage,
    intervals95: result.intervals95,
    ...(Object.keys(result.perCategory).length > 0 && { perCategory: result.perCategory }),
    ...(Object.values(result.subgroups).some((rows) => rows.length > 0) && {
      subgroups: Object.fromEntries(Object.entries(result.subgroups).filter(([, rows]) => rows.length > 0)),
    }),
    ...(result.imageAuc !== null && { imageAuc: result.imageAuc }),
    ...(Object.keys(result.classAuc).length > 0 && { classAuc: result.classAuc }),
    calibration: result.calibration,
    images: result.images,
    ...(result.patients !== null && { patients: result.patients }),
    annotations: result.annotations,
    detections: result.detections,
    msPerImage: run?.msPerImage ?? null,
    ...(run && {
      msPerImageDecode: run.msPerImageDecode,
      model: run.modelId,
      modelVersion: run.modelVersion,
    }),
  };
}

/** @param by the fields whose tables are printed: one by patient would be long, and is in the JSON. */
function asText(result: CocoEvaluation, run: CocoRun | null, by: readonly string[]): string {
  const row = (name: string, value: number | undefined, key: string): Cell[] => [
    name,
    figure(value),
    range(result.intervals95[key]),
  ];
  const rows = [
    ...cocoKeys.map((key) => row(key, result.metrics[key], key)),
    ...frocRates.map((rate) =>
      row(
        `sensitivity at ${rate} false positives an image`,
        result.sensitivityAtFpPerImage[rate],
        `sensitivity@${rate}`,
      ),
    ),
    ...(result.imageAuc === null
      ? []
      : [row('images with a lesion told from those without (AUC)', result.imageAuc, 'imageAuc')]),
    ...Object.entries(result.classAuc).map(([name, auc]) =>
      row(`${name} told from the others, once found (AUC)`, auc, `classAuc.${name}`),
    ),
    ...calibrationRows(result, row),
  ];
  const patients = result.patients === null ? '' : ` of ${result.patients} patients`;
  const subgroups = Object.fromEntries(by.map((field) => [field, result.subgroups[field] ?? []]));
  const categories = Object.entries(result.perCategory).map(([name, m]) => [
    name,
    ...[m.AP, m.AP50, m.AP75, m.AR100].map(figure),
  ]);
  const made = run
    ? `${run.modelId} ${run.modelVersion}, ${run.msPerImage.toFixed(1)} ms an image`
    : 'given detections';
  return [
    `${result.images} images${patients}, ${result.annotations} annotations, ${result.detections} detections (${made})\n`,
    table(['', 'value', '95 % interval'], rows),
    categories.length > 0 ? table(['category', 'AP', 'AP50', 'AP75', 'AR100'], categories) : '',
    ...subgroupsText(subgroups, 'images', [
      ['AP', 'AP'],
      ['AP50', 'AP50'],
      ['sens@1', 'sensitivity@1'],
    ]),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

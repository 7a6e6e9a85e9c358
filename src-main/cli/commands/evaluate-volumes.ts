import type { Command } from 'commander';
import { evaluateVolumes, volumeApKeys, type VolumeEvaluation } from '../../core/evaluation/evaluate-volumes';
import { cpmRates } from '../../core/evaluation/froc';
import type { HitRule } from '../../core/evaluation/volume-matching';
import { UsageError, type CommandSet } from '../command';
import { exitCode } from '../io';
import { printJson, table, type Cell } from '../output';
import { readVolumePredictions, readVolumeTruth } from '../volume-files';
import {
  scanRows,
  figure,
  parseFields,
  parseSizes,
  plotsOption,
  range,
  sizeRowsText,
  sizesOption,
  subgroupsText,
} from './evaluate-options';
import { drawPlots, plotsText } from './evaluate-plots';

interface Options {
  truth: string;
  predictions: string;
  hit: string;
  ignoreDoubleHits?: boolean;
  sizes?: string;
  by?: string;
  plots?: string;
}

export function addEvaluateVolumes(evaluate: Command, commands: CommandSet): void {
  const volumes = evaluate
    .command('volumes')
    .description(
      '3D average precision at IoU 0.1 to 0.5, sensitivity at false positives a scan, 95 % intervals by patient',
    )
    .requiredOption('--truth <file>', 'series and lesions, boxes in LPS mm (docs/evaluation.md)')
    .requiredOption('--predictions <file>', 'list of series, box, score')
    .option(
      '--hit <rule>',
      'what finds a lesion for the FROC: an IoU, or centre (within half its size)',
      '0.1',
    )
    .option('--ignore-double-hits', 'a further mark on a found lesion is nothing, not a false positive')
    .option(...sizesOption)
    .option('--by <field,..>', 'fields of the series to make tables by (site unless given)')
    .option(...plotsOption);
  commands.add<Options>(
    volumes,
    'regio evaluate volumes --truth truth.json --predictions found.json --hit centre',
    async (context, _operands, options) => {
      const sizeEdges = parseSizes(options.sizes);
      const by = parseFields(options.by);
      const result = evaluateVolumes(
        readVolumeTruth(context.path(options.truth)),
        readVolumePredictions(context.path(options.predictions)),
        {
          hit: parseHit(options.hit),
          doubleHits: options.ignoreDoubleHits === true ? 'ignore' : 'false-positive',
          ...(sizeEdges && { sizeEdges }),
          ...(by && { by }),
        },
      );
      const plots = await drawPlots(context, options.plots, {
        title: 'Volumes',
        unit: 'scan',
        rates: cpmRates,
        marks: result.marks,
        clusterOf: result.clusterOf,
        summary: `CPM ${figure(result.cpm)} (${range(result.intervals95['cpm'])})`,
        calibration: result.calibration,
      });
      if (context.json) printJson(context.io, { ...asJson(result, options.hit), ...(plots && { plots }) });
      else context.io.out(asText(result) + plotsText(plots));
      return exitCode.done;
    },
  );
}

function parseHit(typed: string): HitRule {
  if (typed === 'centre') return { kind: 'centre' };
  const threshold = Number(typed);
  if (threshold > 0 && threshold <= 1) return { kind: 'iou', threshold };
  throw new UsageError(
    `--hit wants centre, or an IoU above 0 and up to 1, not "${typed}".`,
    'See regio evaluate volumes --help.',
  );
}

const asJson = (result: VolumeEvaluation, hit: string): Record<string, unknown> => ({
  ...result.averagePrecision,
  cpm: result.cpm,
  sensitivityAtFpPerScan: result.sensitivityAtFpPerScan,
  intervals95: result.intervals95,
  ...result.counts,
  hit,
  perSize: result.perSize,
  subgroups: result.subgroups,
  calibration: result.calibration,
});

function asText({ counts, ...result }: VolumeEvaluation): string {
  const row = (name: string, value: number | undefined, key: string): Cell[] => [
    name,
    figure(value),
    range(result.intervals95[key]),
  ];
  return [
    `${counts.series} series of ${counts.patients} patients, ${counts.lesions} lesions, ` +
      `${counts.predictions} predictions: ${counts.truePositives} found, ${counts.falseNegatives} missed, ` +
      `${counts.falsePositives} false positives, ${counts.ignored} ignored\n`,
    table(
      ['', 'value', '95 % interval'],
      [...volumeApKeys.map((key) => row(key, result.averagePrecision[key], key)), ...scanRows(result, row)],
    ),
    sizeRowsText(result.perSize),
    result.perSize.length > 0
      ? table(
          ['size mm', 'lesions', ...volumeApKeys],
          result.perSize.map((size): Cell[] => [
            size.size,
            size.lesions,
            ...volumeApKeys.map((key) => figure(size.averagePrecision[key])),
          ]),
        )
      : '',
    ...subgroupsText(result.subgroups, 'series', [
      ['AP', 'AP'],
      ['AP10', 'AP10'],
      ['CPM', 'cpm'],
    ]),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

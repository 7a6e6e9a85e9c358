import type { Command } from 'commander';
import { cpmRates } from '../../core/evaluation/froc';
import { evaluateLuna16, type Luna16Evaluation } from '../../core/evaluation/evaluate-luna16';
import type { CommandSet } from '../command';
import { exitCode } from '../io';
import { readLuna16 } from '../luna16-files';
import { printJson, table } from '../output';
import {
  scanRows,
  figure,
  parseSizes,
  plotsOption,
  range,
  sizeRowsText,
  sizesOption,
} from './evaluate-options';
import { drawPlots, plotsText } from './evaluate-plots';

interface Options {
  annotations: string;
  excluded: string;
  series: string;
  predictions: string;
  sizes?: string;
  plots?: string;
}

export function addEvaluateLuna16(evaluate: Command, commands: CommandSet): void {
  const luna16 = evaluate
    .command('luna16')
    .description(
      'sensitivity at false positives a scan and CPM by the rule of the LUNA16 challenge, 95 % intervals',
    )
    .requiredOption('--annotations <file>', 'nodules: seriesuid,coordX,coordY,coordZ,diameter_mm')
    .requiredOption('--excluded <file>', 'findings to ignore, of the same form')
    .requiredOption('--series <file>', 'the scans, one seriesuid a line')
    .requiredOption('--predictions <file>', 'marks: seriesuid,coordX,coordY,coordZ,probability')
    .option(...sizesOption)
    .option(...plotsOption);
  commands.add<Options>(
    luna16,
    'regio evaluate luna16 --annotations annotations.csv --excluded annotations_excluded.csv --series seriesuids.csv --predictions found.csv',
    async (context, _operands, options) => {
      const sizeEdges = parseSizes(options.sizes);
      const data = readLuna16({
        annotations: context.path(options.annotations),
        excluded: context.path(options.excluded),
        series: context.path(options.series),
        predictions: context.path(options.predictions),
      });
      const result = evaluateLuna16(data, sizeEdges && { sizeEdges });
      const plots = await drawPlots(context, options.plots, {
        title: 'LUNA16',
        unit: 'scan',
        rates: cpmRates,
        marks: result.marks,
        summary: `CPM ${figure(result.cpm)} (${range(result.intervals95['cpm'])})`,
        calibration: result.calibration,
      });
      if (context.json) printJson(context.io, { ...asJson(result), ...(plots && { plots }) });
      else context.io.out(asText(result) + plotsText(plots));
      return exitCode.done;
    },
  );
}

const asJson = (result: Luna16Evaluation): Record<string, unknown> => ({
  cpm: result.cpm,
  sensitivityAtFpPerScan: result.sensitivityAtFpPerScan,
  intervals95: result.intervals95,
  ...result.counts,
  perSize: result.perSize,
  calibration: result.calibration,
});

function asText({ counts, ...result }: Luna16Evaluation): string {
  const row = (name: string, value: number | undefined, key: string): string[] => [
    name,
    figure(value),
    range(result.intervals95[key]),
  ];
  return [
    `${counts.scans} scans, ${counts.nodules} nodules, ${counts.candidates} marks: ` +
      `${counts.truePositives} found, ${counts.falseNegatives} missed, ${counts.falsePositives} false positives, ` +
      `${counts.ignoredOnExcluded} ignored on excluded findings, ` +
      `${counts.ignoredDoubleDetections} ignored as further hits\n` +
      (counts.predictionsOnOtherSeries > 0
        ? `${counts.predictionsOnOtherSeries} predictions are on series that are not listed, and were left out\n`
        : ''),
    table(['', 'value', '95 % interval'], [...scanRows(result, row)]),
    sizeRowsText(result.perSize),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

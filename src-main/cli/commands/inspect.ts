import type { Command } from 'commander';
import type { ScannedSeries, ScanResult } from '../../contract/entities';
import type { CommandSet } from '../command';
import { exitCode } from '../io';
import { inert, printJson, table } from '../output';
import { withEngine } from '../session';
import { printSkipped, seriesPath } from '../series';
import { volumeOption, type VolumeOption } from '../volume-option';

export function addInspect(program: Command, commands: CommandSet): void {
  const inspect = program
    .command('inspect')
    .description('list the series in files and folders: geometry, warnings, and what is refused and why')
    .argument('<path...>', 'files and folders')
    .addOption(volumeOption());
  commands.add<VolumeOption>(inspect, 'regio inspect scans/', async (context, operands, { volume }) => {
    const result = await withEngine(context, (engine, call) =>
      engine.call('scan', { paths: operands.map(context.path), volume }, call),
    );
    if (context.json) printJson(context.io, result);
    else {
      context.io.out(asText(result));
      printSkipped(context, result.skipped);
    }
    return result.skipped.length > 0 || result.series.length === 0 ? exitCode.refused : exitCode.done;
  });
}

function asText(result: ScanResult): string {
  if (result.series.length === 0) return 'No series found.\n';
  const rows = result.series.map((s, n) => [
    n + 1,
    s.format,
    s.modality,
    s.bodyPart === '' ? null : s.bodyPartGuessed ? `${s.bodyPart} (guessed)` : s.bodyPart,
    ...layout(s),
    s.files.length,
    s.analysable ? 'yes' : 'no',
    s.seriesDescription || null,
    seriesPath(s),
  ]);
  const head = [
    '#',
    'format',
    'modality',
    'body part',
    'size',
    'spacing mm',
    'files',
    'analysable',
    'description',
    'path',
  ];
  return table(head, rows) + warningLines(result.series);
}

/** One line a warning, with the series it stands for: a folder of photographs has the same one a thousand times. */
function warningLines(series: readonly ScannedSeries[]): string {
  const numbersOf = new Map<string, number[]>();
  series.forEach((s, n) => {
    for (const warning of s.warnings) numbersOf.set(warning, [...(numbersOf.get(warning) ?? []), n + 1]);
  });
  const where = (numbers: readonly number[]): string =>
    numbers.length > 8 ? `${numbers.length} series` : `series ${numbers.join(', ')}`;
  return [...numbersOf]
    .map(([warning, numbers]) => `Warning, ${where(numbers)}: ${inert(warning)}\n`)
    .join('');
}

function layout({ pixels }: ScannedSeries): [string, string | null] {
  if (pixels.kind === 'volume') return [pixels.geometry.dims.join(' x '), spacing(pixels.geometry.spacing)];
  const frames = pixels.frames > 1 ? ` x ${pixels.frames} frames` : '';
  return [`${pixels.width} x ${pixels.height}${frames}`, pixels.pixelSpacing && spacing(pixels.pixelSpacing)];
}

const spacing = (values: readonly number[]): string =>
  values.map((v) => String(Number(v.toFixed(3)))).join(' x ');

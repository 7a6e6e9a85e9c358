import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { EngineOutput } from '../../contract/engine-protocol';
import type { ScannedSeries } from '../../contract/entities';
import { AppError } from '../../core/app-error';
import { mainReason } from '../../core/quality/verdict';
import { chooseModel } from '../../services/choose-model';
import { activeModelsOrShipped } from '../active-models';
import type { CommandContext, CommandSet } from '../command';
import { exitCode, type ExitCode } from '../io';
import { mm, printError, printJson, table, type Cell } from '../output';
import { printSkipped, seriesPath } from '../series';
import { withEngine } from '../session';
import { volumeOption } from '../volume-option';
import { runExplain, type ExplainOptions } from './explain';

type Options = ExplainOptions & { ignoreGate?: boolean };
type Detection = EngineOutput<'detect'>;

/** findings.json: all that was kept, best first; `threshold` says where the model's operating point lies. */
interface FindingsFile {
  series: {
    seriesInstanceUid: string;
    path: string;
    model: string;
    modelVersion: string;
    threshold: number;
    findings: FindingEntry[];
    /** Why the model did not score the series: then no finding means nothing. Left out where it did. */
    notAnalysed?: string;
    /** What its quality check turned away, by frame; null: the series as a whole. Left out where that is nothing. */
    flagged?: { frame: number | null; reason: string; message: string }[];
  }[];
}
interface FindingEntry {
  score: number;
  label: string;
  /** Who pointed at the place: network, selective-search or both. */
  provenance: string;
  /** [x0, y0, z0, x1, y1, z1], LPS mm: volumes. */
  boxLps?: number[];
  /** [x, y, width, height] px: images. */
  boxPx?: number[];
  /** From 0; only in series of several frames. */
  frame?: number;
}

export function addDetect(program: Command, commands: CommandSet): void {
  const detect = program
    .command('detect')
    .description('find possible lesions in files and folders; nothing is put into the worklist')
    .argument('<path...>', 'files and folders')
    .addOption(volumeOption())
    .option('--model <id>', 'model to run on every series; without it modality and body part choose')
    .option('--selective-search', 'let selective search point at places too; the network judges them')
    .option('--ignore-gate', 'score what the quality check of the model turns away, too')
    .option('--explain <x,y[,frame]>', 'say why a point (px) of one series was marked or not, and stop there')
    .option('--explain-lps <x,y,z>', 'the same of a point of a volume, mm')
    .option('--out <folder>', 'write findings.json there; with --explain explain.json and heat maps');
  commands.add<Options>(detect, 'regio detect brain.nrrd --out out', run);
}

async function run(context: CommandContext, operands: string[], options: Options): Promise<ExitCode> {
  if (options.explain !== undefined || options.explainLps !== undefined)
    return runExplain(context, operands, options);
  const file: FindingsFile = { series: [] };
  let code: ExitCode = exitCode.done;
  const shown: Cell[][] = [];
  await withEngine(context, async (engine, call) => {
    const models = await engine.call('listModels', {}, call);
    const active = options.model === undefined ? await activeModelsOrShipped(context.io) : {};
    // A wrong name is said once, not for every series.
    if (options.model !== undefined) chooseModel({ modality: 'OT', bodyPart: '' }, models, options.model);
    const scan = await engine.call(
      'scan',
      { paths: operands.map(context.path), volume: options.volume },
      call,
    );
    printSkipped(context, scan.skipped);
    if (scan.skipped.length > 0 || scan.series.length === 0) code = exitCode.refused;
    for (const series of scan.series) {
      try {
        const { modelId } = chooseModel(series, models, options.model, active);
        const detection = await engine.call(
          'detect',
          { series, modelId, selectiveSearch: options.selectiveSearch, ignoreGate: options.ignoreGate },
          call,
        );
        file.series.push(entry(series, detection));
        shown.push(...tableRows(series, detection));
        const note = qualityNote(detection);
        if (note) context.io.err(`${seriesPath(series)}: ${note}\n`);
        if (isTurnedAway(detection) && code === exitCode.done) code = exitCode.refused;
      } catch (error) {
        if (context.io.signal.aborted) throw error;
        printError(context.io, withFile(error, series), context.json);
        const refused = unfit.includes(AppError.from(error).code) || !series.analysable;
        code = refused && code !== exitCode.failed ? exitCode.refused : exitCode.failed;
      }
    }
  });
  if (options.out !== undefined) writeFindings(context.path(options.out), file);
  if (context.json) printJson(context.io, file);
  else context.io.out(asText(file, shown));
  return code;
}

function entry(series: ScannedSeries, detection: Detection): FindingsFile['series'][number] {
  const frames = series.pixels.kind === 'image' ? series.pixels.frames : 1;
  const reason = detection.quality ? mainReason(detection.quality) : null;
  return {
    seriesInstanceUid: series.seriesInstanceUid,
    path: seriesPath(series),
    model: detection.modelId,
    modelVersion: detection.modelVersion,
    threshold: detection.threshold,
    ...(reason && isTurnedAway(detection) && { notAnalysed: reason.message }),
    ...(reason && { flagged: detection.quality!.flagged }),
    findings: [...detection.findings]
      .sort((a, b) => b.score - a.score)
      .map(({ score, label, provenance, place }) =>
        place.space === 'lps'
          ? { score, label, provenance, boxLps: place.boxLps }
          : { score, label, provenance, boxPx: place.boxPx, ...(frames > 1 && { frame: place.frame }) },
      ),
  };
}

/** Errors that say what the series is rather than that something went wrong. */
const unfit: readonly string[] = ['model.none-fits', 'image.not-analysable'];

/** The model scored nothing of the series. */
const isTurnedAway = ({ quality }: Detection): boolean =>
  quality !== undefined && !quality.analysable && !quality.ignored;

/** What someone must know who reads the findings, or null. */
function qualityNote({ quality }: Detection): string | null {
  const reason = quality && mainReason(quality);
  if (!quality || !reason) return null;
  if (quality.ignored) return `looked at anyway, though its quality check said: ${reason.message}`;
  if (!quality.analysable)
    return `NOT ANALYSABLE. ${reason.message} It is not known whether it shows lesions.`;
  return `${quality.flagged.length} of ${quality.checked} frames not analysed. ${reason.message}`;
}

function tableRows(series: ScannedSeries, detection: Detection): Cell[][] {
  return entry(series, detection)
    .findings.filter((f) => f.score >= detection.threshold)
    .map((f) => {
      const b = f.boxLps;
      const center = b
        ? [0, 1, 2].map((a) => (b[a]! + b[a + 3]!) / 2)
        : [0, 1].map((a) => f.boxPx![a]! + f.boxPx![a + 2]! / 2);
      const size = b ? [0, 1, 2].map((a) => b[a + 3]! - b[a]!) : f.boxPx!.slice(2);
      return [
        seriesPath(series),
        detection.modelId,
        f.label,
        f.score.toFixed(3),
        center.map(mm).join(', '),
        size.map(mm).join(' x '),
        b ? 'mm' : 'px',
      ];
    });
}

function asText(file: FindingsFile, rows: Cell[][]): string {
  const unread = file.series.filter((s) => s.notAnalysed !== undefined).length;
  const away = unread > 0 ? `, ${unread} not analysable` : '';
  const count = `${file.series.length - unread} series read${away}, ${rows.length} findings at or above the operating point`;
  const all = file.series.reduce((sum, s) => sum + s.findings.length, 0);
  const below = all > rows.length ? `, ${all - rows.length} below (in --json and findings.json)` : '';
  const head = ['path', 'model', 'label', 'score', 'centre', 'size', 'unit'];
  return (rows.length > 0 ? table(head, rows) + '\n' : '') + `${count}${below}.\n`;
}

/** Whole or not at all: a reader never sees half a file. */
function writeFindings(folder: string, file: FindingsFile): void {
  try {
    mkdirSync(folder, { recursive: true });
    const temporary = join(folder, `.findings.${process.pid}.tmp`);
    writeFileSync(temporary, JSON.stringify(file, null, 2) + '\n');
    renameSync(temporary, join(folder, 'findings.json'));
  } catch (cause) {
    const message = 'findings.json cannot be written.';
    throw new AppError('export.failed', message, 'Check the folder of --out.', { file: folder }, { cause });
  }
}

function withFile(error: unknown, series: ScannedSeries): AppError {
  const e = AppError.from(error);
  return new AppError(
    e.code,
    e.message,
    e.hint,
    { ...e.details, file: e.details?.file ?? seriesPath(series) },
    { cause: e },
  );
}

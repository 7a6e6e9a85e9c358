import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine, EngineCallOptions, EngineInput, EngineOutput } from '../../contract/engine-protocol';
import type { ScannedSeries } from '../../contract/entities';
import { AppError } from '../../core/app-error';
import type { Picture } from '../../core/volume/crop';
import { voxelsOf } from '../../core/volume/voxels-of';
import { chooseModel } from '../../services/choose-model';
import { activeModelsOrShipped } from '../active-models';
import { UsageError, type CommandContext } from '../command';
import { explanationText } from '../explanation-text';
import { heatMapPng } from '../heat-map';
import { exitCode, type ExitCode } from '../io';
import { printJson } from '../output';
import { printSkipped, seriesPath } from '../series';
import { withEngine } from '../session';
import type { VolumeOption } from '../volume-option';

export interface ExplainOptions extends VolumeOption {
  model?: string;
  out?: string;
  selectiveSearch?: boolean;
  explain?: string;
  explainLps?: string;
}
type Explained = EngineOutput<'explain'>;
type PictureExplanation = Extract<Explained['explanation'], { kind: 'picture' }>;

/** `regio detect --explain`: why the network marked a point of one series or did not. */
export async function runExplain(
  context: CommandContext,
  operands: string[],
  options: ExplainOptions,
): Promise<ExitCode> {
  const point = pointOf(options);
  return withEngine(context, async (engine, call) => {
    const scan = await engine.call(
      'scan',
      { paths: operands.map(context.path), volume: options.volume },
      call,
    );
    printSkipped(context, scan.skipped);
    const [series, ...more] = scan.series;
    if (!series) return exitCode.refused;
    if (more.length > 0) {
      const found = `${scan.series.length} series were found, and a point belongs to one.`;
      throw new UsageError(found, 'Name one file, or the folder of one series.');
    }
    const active = options.model === undefined ? await activeModelsOrShipped(context.io) : {};
    const { modelId } = chooseModel(series, await engine.call('listModels', {}, call), options.model, active);
    const { selectiveSearch } = options;
    const input = { series, modelId, point, whole: true, selectiveSearch };
    const explained = await engine.call('explain', input, call);
    const plain = { path: seriesPath(series), ...withoutBuffers(explained) };
    if (options.out !== undefined) {
      const files = new Map<string, string | Uint8Array>([
        ['explain.json', JSON.stringify(plain, null, 2) + '\n'],
      ]);
      if (explained.explanation.kind === 'picture') {
        const picture = await pictureOf(engine, series, explained.explanation.frame, call);
        for (const [name, png] of heatMaps(picture, explained.explanation)) files.set(name, png);
      }
      writeFiles(context.path(options.out), files);
    }
    if (context.json) printJson(context.io, plain);
    else context.io.out(explanationText(seriesPath(series), explained));
    return scan.skipped.length > 0 ? exitCode.refused : exitCode.done;
  });
}

function pointOf({ explain, explainLps }: ExplainOptions): EngineInput<'explain'>['point'] {
  if (explain !== undefined && explainLps !== undefined)
    throw new UsageError('--explain and --explain-lps are two ways to say one thing.', 'Give one of them.');
  const numbers = (explain ?? explainLps ?? '')
    .split(',')
    .map((part) => (part.trim() === '' ? NaN : Number(part)));
  const [x, y, third] = numbers;
  if (numbers.every(Number.isFinite) && x !== undefined && y !== undefined) {
    if (explainLps !== undefined && numbers.length === 3) return { space: 'lps', point: [x, y, third!] };
    const frame = third ?? 0;
    if (explain !== undefined && numbers.length <= 3 && Number.isInteger(frame) && frame >= 0)
      return { space: 'px', point: [x, y], frame };
  }
  throw new UsageError(
    'The point is not well formed.',
    'Give --explain X,Y or X,Y,frame in pixels (frames from 0), or --explain-lps X,Y,Z in mm.',
  );
}

/** Maps as rows of numbers. */
function withoutBuffers({ explanation, ...rest }: Explained) {
  const rowsOf = (map: ArrayBuffer, columns: number): number[][] => {
    const values = Array.from(new Float32Array(map), (v) => Math.round(v * 1e5) / 1e5);
    return Array.from({ length: values.length / columns }, (_, r) =>
      values.slice(r * columns, (r + 1) * columns),
    );
  };
  const levels =
    explanation.kind === 'picture'
      ? explanation.levels.map((l) => ({
          ...l,
          objectness: rowsOf(l.objectness, l.columns),
          attention: l.attention && rowsOf(l.attention, l.columns),
        }))
      : explanation.levels.map((l) => ({ ...l, objectness: rowsOf(l.objectness, l.columns) }));
  return { ...rest, explanation: { ...explanation, levels } };
}

async function pictureOf(
  engine: Engine,
  series: ScannedSeries,
  index: number,
  call: EngineCallOptions,
): Promise<Picture> {
  const [slice] = await engine.call('readSlices', { series, indices: [index] }, call);
  const { pixels } = series;
  const data = voxelsOf(slice!.data, pixels.voxelType);
  if (pixels.kind === 'image') return { ...pixels, data };
  const { dims, spacing } = pixels.geometry;
  const { voi, valueRange } = pixels;
  const pixelSpacing = [spacing[0], spacing[1]] as const;
  return { data, width: dims[0], height: dims[1], channels: 1, voi, valueRange, pixelSpacing };
}

function* heatMaps(picture: Picture, { levels }: PictureExplanation): Generator<[string, Uint8Array]> {
  for (const { stride, rows, columns, toPicture, objectness, attention } of levels) {
    const grid = { rows, columns, toPicture };
    yield [
      `objectness-stride-${stride}.png`,
      heatMapPng(picture, { ...grid, values: new Float32Array(objectness) }),
    ];
    if (attention)
      yield [
        `attention-stride-${stride}.png`,
        heatMapPng(picture, { ...grid, values: new Float32Array(attention) }),
      ];
  }
}

/** Each whole or not at all. */
function writeFiles(folder: string, files: ReadonlyMap<string, string | Uint8Array>): void {
  try {
    mkdirSync(folder, { recursive: true });
    for (const [name, content] of files) {
      const temporary = join(folder, `.${name}.${process.pid}.tmp`);
      writeFileSync(temporary, content);
      renameSync(temporary, join(folder, name));
    }
  } catch (cause) {
    const message = 'The explanation cannot be written.';
    throw new AppError('export.failed', message, 'Check the folder of --out.', { file: folder }, { cause });
  }
}

import type { Command } from 'commander';
import { AppError } from '../../core/app-error';
import { fitAnchors, type AnchorFit } from '../../core/detection/anchor-fitting';
import type { CocoTruth } from '../../core/evaluation/coco-dataset';
import { seededRandom } from '../../core/seeded-random';
import { readCocoTruth } from '../coco-files';
import { UsageError, type CommandSet } from '../command';
import { exitCode } from '../io';
import { printJson, table } from '../output';

interface Options {
  count: string;
  canvas?: string;
  seed: string;
}

export function addAnchors(program: Command, commands: CommandSet): void {
  const anchors = program.command('anchors').description('the reference boxes a network starts from');
  const fit = anchors
    .command('fit')
    .description('the sizes and proportions that fit the boxes of a data set best (k-means by IoU)')
    .argument('<annotations>', 'COCO annotation file')
    .requiredOption('--count <n>', 'anchors to fit')
    .option(
      '--canvas <px>',
      "measure boxes after each picture's longer side is scaled to this, as a network sees it",
    )
    .option('--seed <n>', 'seed of the first guesses', '1');
  commands.add<Options>(
    fit,
    'regio anchors fit train.json --count 9 --canvas 320',
    (context, operands, options) => {
      const count = wholeNumber(options.count, '--count', 1);
      const canvas = options.canvas === undefined ? null : wholeNumber(options.canvas, '--canvas', 1);
      const seed = wholeNumber(options.seed, '--seed', 0);
      const file = context.path(operands[0]!);
      const sides = sidesOf(readCocoTruth(file), canvas, file);
      const shapes = new Set(
        Array.from({ length: sides.length / 2 }, (_, n) => `${sides[2 * n]} ${sides[2 * n + 1]}`),
      );
      if (shapes.size < count) {
        throw new UsageError(
          `The file has boxes of ${shapes.size} different shapes, too few for ${count} anchors.`,
          'Ask for fewer with --count, or give a larger data set.',
        );
      }
      const found = fitAnchors(sides, { dimensions: 2, count, random: seededRandom(seed) });
      if (context.json) printJson(context.io, asJson(found, sides.length / 2, canvas));
      else context.io.out(asText(found, sides.length / 2));
      return Promise.resolve(exitCode.done);
    },
  );
}

function wholeNumber(typed: string, option: string, least: number): number {
  const value = Number(typed);
  if (/^\d+$/.test(typed) && value >= least && Number.isSafeInteger(value)) return value;
  throw new UsageError(
    `${option} ${typed} is not a whole number from ${least}.`,
    'See regio anchors fit --help.',
  );
}

/** Widths and heights [N, 2] px of all boxes with an area; crowd regions are not one object and do not count. */
function sidesOf(truth: CocoTruth, canvas: number | null, file: string): number[] {
  const images = new Map(truth.images.map((image) => [image.id, image]));
  return truth.annotations.flatMap((annotation) => {
    const [, , width, height] = annotation.bbox;
    if (annotation.iscrowd === 1 || width <= 0 || height <= 0) return [];
    if (canvas === null) return [width, height];
    const image = images.get(annotation.image_id);
    if (!image?.width || !image.height) {
      throw new AppError(
        'file.malformed',
        'Boxes cannot be scaled: a picture has no width and height in the file.',
        'Leave out --canvas, or add width and height to every image.',
        { file, field: 'images' },
      );
    }
    const scale = canvas / Math.max(image.width, image.height);
    return [width * scale, height * scale];
  });
}

const asJson = (fit: AnchorFit, boxes: number, canvas: number | null): Record<string, unknown> => ({
  boxes,
  canvas,
  meanBestIou: fit.meanBestIou,
  recallAt50: fit.recallAt50,
  anchors: fit.anchors.map((anchor) => ({
    width: anchor.sides[0],
    height: anchor.sides[1],
    size: anchor.size,
    aspectRatio: anchor.aspectRatios[0],
    boxes: anchor.boxes,
  })),
});

function asText(fit: AnchorFit, boxes: number): string {
  const rows = fit.anchors.map((anchor) => [
    ...[...anchor.sides, anchor.size].map((v) => v.toFixed(1)),
    anchor.aspectRatios[0]!.toFixed(2),
    anchor.boxes,
  ]);
  const share = (100 * fit.recallAt50).toFixed(1);
  return [
    `${boxes} boxes; mean best IoU ${fit.meanBestIou.toFixed(4)}; ${share} % have an anchor of IoU >= 0.5\n`,
    table(['width', 'height', 'size', 'height/width', 'boxes'], rows),
  ].join('\n');
}

import { statisticNames, type PictureStatistics, type StatisticName } from './picture-statistics';
import type { NotAnalysable, NotAnalysableReason } from './verdict';

/** Lowest and highest value of a statistic that passes; null: no limit on that side. */
export type Range = readonly [number | null, number | null];
export type StatisticLimits = Readonly<Partial<Record<StatisticName, Range>>>;

/** Shorter side, px: a lesion of a tenth of a smaller picture would be a few pixels. */
export const leastSide = 48;
/** Less contrast than this is a blank picture, whatever a model was trained on. */
const leastContrast = 0.02;
/** A grey picture saved in colour has none of this; a photograph two to ten times as much. */
const mostScatterOfGrey = 0.03;

/** Pictures of one camera may all have one tint: another camera's is let pass too. */
const leastTint = 0.08;
const around = (low: number, high: number): Range => {
  const more = Math.max(leastTint, 0.75 * (high - low));
  return [low - more, high + more];
};
/**
 * How far beyond the training pictures a statistic may lie. Scanners differ in these more than pictures of one hospital
 * do, so that each limit leaves about as much room beyond the outermost training pictures as they span themselves.
 */
const room: Readonly<Record<StatisticName, (low: number, high: number) => Range>> = {
  contrast: (low) => [Math.max(leastContrast, 0.5 * low), null],
  brightness: (low, high) => [0.4 * low, high + 0.5 * (1 - high)],
  dark: (_low, high) => [null, high + 0.65 * (1 - high)],
  bright: (_low, high) => [null, high + 0.25 * (1 - high)],
  offset: (_low, high) => [null, Math.max(high + 0.15, 1.5 * high)],
  detail: (low, high) => [0.35 * low, Math.max(1.3 * high, 0.4)],
  colour: (low) => [0.35 * low, null],
  red: around,
  blue: around,
  scatter: (_low, high) => [null, Math.max(0.1, 1.4 * high)],
};
/** Of a model that reads grey, the colour of a picture says only whether it is a photograph. */
const ofColour: readonly StatisticName[] = ['colour', 'red', 'blue', 'scatter'];

/** @param training statistics of pictures that are known to be fit. @param channels what the network reads */
export function fitLimits(training: readonly PictureStatistics[], channels: 1 | 3): StatisticLimits {
  const limits: Partial<Record<StatisticName, Range>> = {};
  for (const name of statisticNames) {
    if (channels === 1 && ofColour.includes(name)) continue;
    const values = training.map((s) => s[name]).sort((a, b) => a - b);
    // The outermost half percent are left out: one odd picture among hundreds must not open the gate.
    const skip = Math.floor(0.005 * values.length);
    const [low, high] = [values[skip] ?? 0, values[values.length - 1 - skip] ?? 1];
    limits[name] = room[name](low, high);
  }
  if (channels === 1) limits.scatter = [null, mostScatterOfGrey];
  return limits;
}

interface Finding {
  readonly name: StatisticName;
  readonly side: 'low' | 'high';
}

/** What a value beyond a limit means; asked in this order, so that a black picture is not called blurred. */
const meanings: readonly (Finding & { reason: NotAnalysableReason; message: string })[] = [
  {
    name: 'dark',
    side: 'high',
    reason: 'too-dark',
    message: 'The picture is black, or nearly all of it is.',
  },
  {
    name: 'contrast',
    side: 'low',
    reason: 'blank',
    message: 'The picture is blank, or has too little contrast.',
  },
  { name: 'brightness', side: 'low', reason: 'too-dark', message: 'The picture is too dark.' },
  {
    name: 'bright',
    side: 'high',
    reason: 'over-exposed',
    message: 'The picture is over-exposed: large parts are white.',
  },
  {
    name: 'brightness',
    side: 'high',
    reason: 'over-exposed',
    message: 'The picture is over-exposed, or a negative.',
  },
  {
    name: 'offset',
    side: 'high',
    reason: 'one-sided',
    message: 'A large part of the picture is empty: what it shows lies at one side.',
  },
  {
    name: 'detail',
    side: 'low',
    reason: 'blurred',
    message: 'The picture is blurred, or shows nothing but shades.',
  },
  {
    name: 'detail',
    side: 'high',
    reason: 'noisy',
    message: 'The picture is mostly noise, text or fine patterns.',
  },
  {
    name: 'colour',
    side: 'low',
    reason: 'no-colour',
    message: 'The picture has no colour, and this model reads colour pictures.',
  },
  {
    name: 'red',
    side: 'low',
    reason: 'colours',
    message: 'The colours are not those of the pictures that this model reads.',
  },
  {
    name: 'red',
    side: 'high',
    reason: 'colours',
    message: 'The colours are not those of the pictures that this model reads.',
  },
  {
    name: 'blue',
    side: 'low',
    reason: 'colours',
    message: 'The colours are not those of the pictures that this model reads.',
  },
  {
    name: 'blue',
    side: 'high',
    reason: 'colours',
    message: 'The colours are not those of the pictures that this model reads.',
  },
  {
    name: 'scatter',
    side: 'high',
    reason: 'colours',
    message: 'The colours are not those of the pictures that this model reads.',
  },
];
const colourPhotograph: NotAnalysable = {
  reason: 'in-colour',
  message: 'The picture is a colour photograph or drawing, and this model reads grey pictures.',
};

/** @returns why the picture cannot be analysed; null where every statistic is within its limits */
export function checkStatistics(
  statistics: PictureStatistics,
  limits: StatisticLimits,
  channels: 1 | 3,
): NotAnalysable | null {
  for (const { name, side, reason, message } of meanings) {
    const [low, high] = limits[name] ?? [null, null];
    const value = statistics[name];
    const beyond = side === 'low' ? low !== null && value < low : high !== null && value > high;
    if (!beyond) continue;
    return name === 'scatter' && channels === 1 ? colourPhotograph : { reason, message };
  }
  return null;
}

/** @returns why a picture of this size cannot be analysed, or null */
export function checkSize(width: number, height: number): NotAnalysable | null {
  if (Math.min(width, height) >= leastSide) return null;
  return {
    reason: 'too-small',
    message: `The picture has ${width} x ${height} pixels; at least ${leastSide} each way are needed.`,
  };
}

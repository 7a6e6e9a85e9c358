import { describe, expect, it } from 'vitest';
import type { PictureExplanation } from '../core/detection/explanation';
import { calibrateScore } from '../core/evaluation/platt';
import type { RasterImage, Volume } from '../core/volume/volume';
import type { PictureBundle } from './bundle/schema';
import { CalibratedDetector } from './calibrated-detector';
import type { DetectOptions, Detector, Proposal } from './detector-types';

const calibration = { slope: 0.6, intercept: -1.2 };
const floor = calibrateScore(calibration, 0.05);
const scores = [0.93, 0.4, 0.05];
const image = {} as RasterImage;
const volume = {} as Volume;

/** Answers with marks of the network's scores at or above the limit it is given, and keeps what it was asked. */
function fakeNetwork() {
  const asked: DetectOptions[] = [];
  const found = (options: DetectOptions = {}): Proposal[] => {
    asked.push(options);
    return scores
      .filter((score) => score >= options.minScore! - 1e-12)
      .map((score) => ({ box: [0, 0, 4, 4], score, label: 'lesion', provenance: 'network' }));
  };
  const explanation: PictureExplanation = {
    kind: 'picture',
    frame: 0,
    point: [1, 1],
    skipped: false,
    scoreFloor: 0.05,
    levels: [],
    boxes: scores.map((score, index) => ({
      index,
      box: [0, 0, 4, 4],
      firstBox: [0, 0, 4, 4],
      anchor: [0, 0, 4, 4],
      stride: 8,
      source: 'network',
      rpnScore: score,
      firstScore: score,
      secondScore: null,
      score,
      label: 'lesion',
      fate:
        index === 0
          ? { outcome: 'kept', rank: 1, provenance: 'network' }
          : {
              outcome: 'removed',
              stage: 1,
              rule: 'nms',
              by: 0,
              byBox: [0, 0, 4, 4],
              byScore: scores[0]!,
              overlap: 0.9,
            },
    })),
    boxCount: 3,
    candidates: [
      {
        boxLps: [0, 0, 0, 1, 1, 1],
        score: 0.4,
        label: 'lesion',
        members: [{ slice: 3, box: [0, 0, 4, 4], score: 0.4, widens: true }],
        fate: { outcome: 'kept', rank: 1, provenance: 'network' },
      },
    ],
  };
  const network: Detector = {
    bundle: { thresholds: { scoreFloor: floor } } as PictureBundle,
    modelHash: 'hash',
    detectImage: (_, options) => Promise.resolve(found(options)),
    judgeImage: () => Promise.resolve(null),
    judgeVolume: () => Promise.resolve({ checked: 0, notAnalysable: null }),
    detectVolume: (_, options) =>
      Promise.resolve(found(options).map((p) => ({ ...p, boxLps: [0, 0, 0, 1, 1, 1] as const }))),
    explainImage: (_i, _p, options) => (asked.push(options!), Promise.resolve(explanation)),
    explainVolume: (_v, _p, options) => (asked.push(options!), Promise.resolve(explanation)),
    dispose: () => undefined,
  };
  return { network, asked };
}

describe('a calibrated detector', () => {
  it('gives calibrated scores of pictures and volumes, in the order of the network', async () => {
    const { network } = fakeNetwork();
    const detector = new CalibratedDetector(network, calibration);
    const expected = scores.map((s) => calibrateScore(calibration, s));
    expect((await detector.detectImage(image)).map((p) => p.score)).toEqual(expected);
    expect((await detector.detectVolume(volume)).map((p) => p.score)).toEqual(expected);
    expect(expected).toEqual([...expected].sort((a, b) => b - a));
    expect(expected).not.toEqual(scores);
  });

  it('turns limits back into scores of the network: its own floor, and what is asked for', async () => {
    const { network, asked } = fakeNetwork();
    const detector = new CalibratedDetector(network, calibration);
    await detector.detectImage(image);
    await detector.detectImage(image, { minScore: 0 });
    await detector.explainVolume(volume, [0, 0, 0]);
    const some = await detector.detectVolume(volume, { minScore: calibrateScore(calibration, 0.41) });
    expect(asked.map((o) => o.minScore)).toEqual([
      expect.closeTo(0.05, 9),
      0,
      expect.closeTo(0.05, 9),
      expect.closeTo(0.41, 9),
    ]);
    expect(some).toHaveLength(1);
  });

  it('explains with both scores', async () => {
    const { network } = fakeNetwork();
    const detector = new CalibratedDetector(network, calibration);
    const { boxes, candidates, scoreFloor } = await detector.explainImage(image, [1, 1]);
    expect(scoreFloor).toBe(floor);
    expect(boxes.map((b) => b.rawScore)).toEqual(scores);
    expect(boxes.map((b) => b.score)).toEqual(scores.map((s) => calibrateScore(calibration, s)));
    expect(boxes.map((b) => b.rpnScore)).toEqual(scores);
    expect(boxes[1]!.fate).toMatchObject({ by: 0, byScore: calibrateScore(calibration, scores[0]!) });
    expect(candidates![0]).toMatchObject({ rawScore: 0.4, score: calibrateScore(calibration, 0.4) });
    // Slices are merged before their scores are calibrated.
    expect(candidates![0]!.members[0]!.score).toBe(0.4);
  });
});

import { z } from 'zod';

/**
 * Augmentation that a recipe may ask for beside the geometry and grey levels that every recipe sets: what differs from
 * scanner to scanner, clinic to clinic. All of it is optional; left out, it is off.
 */
const probability = z.number().min(0).max(1);
/** Lowest and highest drawn. */
const range = (low: number, high: number) =>
  z
    .tuple([z.number().min(low).max(high), z.number().min(low).max(high)])
    .refine(([from, to]) => from <= to, 'the first number must not be above the second');

export const scannerAugmentation = z.object({
  /** Lossy compression as JPEG does it, at a quality as libjpeg counts it. */
  jpeg: z.object({ probability, quality: range(5, 100) }).optional(),
  /** Gaussian, standard deviation px of the canvas up to `sigma`. */
  blur: z.object({ probability, sigma: z.number().positive().max(8) }).optional(),
  /** Unsharp mask: up to `amount` of what a blur of 1 px takes away is added. */
  sharpen: z.object({ probability, amount: z.number().positive().max(4) }).optional(),
  /** Shrunk by a drawn factor and enlarged again. */
  resample: z.object({ probability, factor: range(0.1, 1) }).optional(),
  /** Grey levels through a random increasing curve; 1 is strong. */
  toneCurve: z.object({ probability, strength: z.number().positive().max(3) }).optional(),
  /** Tissue turns its grey levels over, air stays black: as between sequences of MR. */
  invertTissue: z.object({ probability }).optional(),
  /** Multiplicative noise of ultrasound, correlated over up to `grain` px, wider than high. */
  speckle: z
    .object({ probability, strength: z.number().positive().max(2), grain: z.number().min(1).max(16) })
    .optional(),
  /** Gain that changes with depth (rows), as a reader's time-gain sliders set it. */
  timeGain: z.object({ probability, strength: z.number().positive().max(1) }).optional(),
  /** Up to so many wet reflections. */
  highlights: z.object({ probability, count: z.number().int().min(1).max(40) }).optional(),
  /** Light falls off from a drawn centre, at the farthest corner by up to `strength`. */
  vignette: z.object({ probability, strength: z.number().positive().max(1) }).optional(),
  /** Colour pictures: hue turned by up to so many degrees, saturation changed by up to that factor either way. */
  hue: z
    .object({ probability, degrees: z.number().min(0).max(180), saturation: z.number().min(1).max(4) })
    .optional(),
  /** Up to `count` rectangles, each of a share of the canvas, painted in one grey (Zhong et al. 2020); lesions stay visible. */
  erase: z
    .object({ probability, count: z.number().int().min(1).max(20), share: range(0.001, 0.3) })
    .optional(),
  /** Four pictures in one (Bochkovskiy et al. 2020), each enlarged by up to `zoom` and cut. */
  mosaic: z.object({ probability, zoom: z.number().min(1).max(3) }).optional(),
  /** A second picture shines through with a weight of up to this; boxes of both count (Zhang et al. 2019). */
  mixup: z.object({ probability, weight: z.number().positive().max(0.5) }).optional(),
  /** Measuring marks and burnt-in text, so that they say nothing of where a lesion is. */
  callipers: z
    .object({
      /** How often marks are drawn; `atLesion` of them on a lesion's ends where there is one, else anywhere. */
      probability,
      atLesion: probability,
      /** How often a label is written anywhere. */
      text: probability,
      /** How often the marks that a picture came with are painted over. */
      paintOver: probability,
    })
    .optional(),
});
export type ScannerAugmentation = z.infer<typeof scannerAugmentation>;

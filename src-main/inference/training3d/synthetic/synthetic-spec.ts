import { z } from 'zod';

const count = z.tuple([z.number().int().min(0).max(20), z.number().int().min(0).max(20)]);
const millimetres = z.number().positive().max(60);

/** What a volume recipe says of the nodules that are made for it. */
export const syntheticSpec = z.object({
  /** Share of patches that are planted. */
  share: z.number().min(0).max(1),
  /** Fewest and most in a patch. */
  nodules: count,
  /** Vessels and scars: what is put in and is no nodule. */
  lookAlikes: count,
  /** Diameters: log-uniform in a band that is drawn by weight. */
  sizes: z.array(z.object({ fromMm: millimetres, toMm: millimetres, weight: z.number().positive() })).min(1),
  /** So many patches become a scan with slices of this thickness, mm, where the scan's own are thinner. */
  thickSlices: z.object({ share: z.number().min(0).max(1), mm: z.tuple([millimetres, millimetres]) }),
});
export type SyntheticSpec = z.infer<typeof syntheticSpec>;

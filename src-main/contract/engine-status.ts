import { z } from 'zod';

/** What the engine process holds and does just now: for tests, and for who looks for what takes memory. */
export const engineStatus = z.object({
  pid: z.number().int(),
  /** Series whose files or voxels are kept open for the next slice. */
  openSeries: z.number().int(),
  /** Frames that its decode threads gave, since it started. */
  framesOfThreads: z.number().int(),
});

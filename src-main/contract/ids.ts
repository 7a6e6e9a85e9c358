import { z } from 'zod';

/** Every id is made by the store; a DICOM UID is never used as a key (two files may share one wrongly). */
export const id = z.string().min(1).max(64);

import { serveBatches } from '../inference';
import { readVolume } from './read-volume';

/** A thread that makes training patches ahead (inference/training/batches.ts); built as a program of its own. */
serveBatches(readVolume);

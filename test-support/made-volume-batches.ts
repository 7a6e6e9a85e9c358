import { serveBatches } from '../src-main/inference';
import { madeVolume } from './made-volumes';

/** A thread that makes patches of made volumes ahead; a series is named by its seed. Built by training3d's spec. */
serveBatches((path) => Promise.resolve(madeVolume(Number(/(\d+)$/.exec(path)![1])).volume));

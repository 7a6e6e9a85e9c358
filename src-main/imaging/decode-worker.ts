import { parentPort } from 'node:worker_threads';
import { AppError } from '../core/app-error';
import type { VoxelType } from '../core/study/entities';
import type { VoxelArray } from '../core/volume/volume';
import { bytesPerVoxel } from '../core/volume/voxels';
import { voxelsOf } from '../core/volume/voxels-of';
import { openCopyStore } from './copies/copy-store';
import { slotsOfThread, type FromThread, type ToThread } from './dicom/decode-pool';
import { FrameReader } from './dicom/frame-reader';

/** Entry of dist/main/decode-worker.cjs: one thread of dicom/decode-pool.ts. */
const port = parentPort;
if (!port) throw new Error('The decode worker is started by Regio, not by hand.');
const frames = new FrameReader();

/** Where frames are written in turn; each is copied away before its slot comes round again. */
const slots = Array.from({ length: slotsOfThread }, () => new SharedArrayBuffer(0));
let turn = 0;
const inSlot = (type: VoxelType, length: number): VoxelArray => {
  turn = (turn + 1) % slots.length;
  const bytes = length * bytesPerVoxel[type];
  const { byteLength } = slots[turn]!;
  if (byteLength < bytes || byteLength > 4 * bytes) slots[turn] = new SharedArrayBuffer(bytes);
  return voxelsOf(slots[turn]!, type).subarray(0, length);
};
let last: Promise<unknown> = Promise.resolve();

const post = (message: FromThread): void => port.postMessage(message);

port.on('message', (message: ToThread) => {
  if ('forget' in message) {
    const { forget } = message;
    last = last.then(() => frames.forget(forget));
    return;
  }
  if ('copies' in message) {
    const { folder, key } = message.copies;
    last = last.then(() => openCopyStore(folder, key));
    return;
  }
  const { id, request } = message;
  last = last
    .then(() => frames.read(request.file, request.frame, request.type, inSlot))
    .then(
      (voxels) => post({ id, voxels }),
      (error: unknown) => post({ id, error: AppError.from(error).toShape() }),
    );
});
post({ ready: true });

import { InvalidArgumentError, Option } from 'commander';

export interface VolumeOption {
  /** From 0, as the contract counts. */
  volume?: number;
}

/** `--volume N` of the commands that read files; people count from 1. */
export const volumeOption = (): Option =>
  new Option(
    '--volume <n>',
    'of files that hold several volumes (time points, directions) the one to read, from 1 (default: 1)',
  ).argParser((typed) => {
    if (!/^[1-9]\d{0,4}$/.test(typed)) throw new InvalidArgumentError('Give 1 or more.');
    return Number(typed) - 1;
  });

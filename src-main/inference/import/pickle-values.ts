/** What the pickle of a state dict can hold (pickle.ts). */
export class PickleTuple {
  constructor(readonly items: readonly PickleValue[]) {}
}

/** A name the pickle looked up: one of those pickle.ts allows. */
export class PickleGlobal {
  constructor(readonly name: string) {}
}

/** A tensor's bytes, elsewhere in the archive. */
export class PickleStorage {
  constructor(
    /** FloatStorage and so on. */
    readonly type: string,
    readonly key: string,
    /** Elements. */
    readonly count: number,
  ) {}
}

/** A view of a storage, as torch._utils._rebuild_tensor_v2 gets it. */
export class PickleTensor {
  constructor(
    readonly storage: PickleStorage,
    /** Elements. */
    readonly offset: number,
    readonly shape: readonly number[],
    /** Elements. */
    readonly strides: readonly number[],
  ) {}
}

export type PickleDict = Map<PickleValue, PickleValue>;
export type PickleValue =
  | number
  | string
  | boolean
  | null
  | PickleTuple
  | PickleValue[]
  | PickleDict
  | PickleGlobal
  | PickleStorage
  | PickleTensor;

export const storageTypes = [
  'FloatStorage',
  'DoubleStorage',
  'HalfStorage',
  'BFloat16Storage',
  'LongStorage',
  'IntStorage',
  'ShortStorage',
  'CharStorage',
  'ByteStorage',
  'BoolStorage',
] as const;

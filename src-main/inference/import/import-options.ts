/** What a person may say of a model that its files do not. */
export interface ImportOptions {
  /** Of the bundle, and of its folder. */
  readonly id?: string | undefined;
  /** One a class. */
  readonly labels?: readonly string[] | undefined;
  /** DICOM Body Part Examined values; a model without is never chosen by itself. */
  readonly bodyParts?: readonly string[] | undefined;
  /** float16 halves the size of the weights and rounds them; as stored otherwise. */
  readonly precision?: 'float16' | 'float32' | undefined;
}

/** A model ready to be written as a bundle. */
export interface ImportedModel {
  readonly id: string;
  readonly bundle: unknown;
  readonly model: unknown;
  readonly card: string;
  readonly shards: readonly (readonly [string, Uint8Array])[];
}

/** Lower case letters, digits and single hyphens. */
export const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60)
    .replace(/-+$/, '');

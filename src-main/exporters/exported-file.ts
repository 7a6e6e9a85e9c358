/** A file an exporter made in memory: `name` has no folder and no patient's name. */
export interface ExportedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * An asar archive of a flat set of files, as Electron reads it: a Chromium pickle with the length of a second pickle,
 * which holds the JSON directory; then the files' bytes one after another.
 * @param {Record<string, string>} files name -> text
 * @returns {Buffer}
 */
export function packAsar(files) {
  const directory = {};
  const bodies = [];
  let offset = 0;
  for (const [name, text] of Object.entries(files)) {
    const body = Buffer.from(text, 'utf8');
    directory[name] = { size: body.length, offset: String(offset) };
    bodies.push(body);
    offset += body.length;
  }
  const json = Buffer.from(JSON.stringify({ files: directory }), 'utf8');
  const padded = Math.ceil(json.length / 4) * 4;
  const header = Buffer.alloc(16 + padded);
  header.writeUInt32LE(4, 0); // payload of the first pickle: one uint32
  header.writeUInt32LE(8 + padded, 4); // the second pickle's whole length
  header.writeUInt32LE(4 + padded, 8); // its payload
  header.writeUInt32LE(json.length, 12);
  json.copy(header, 16);
  return Buffer.concat([header, ...bodies]);
}

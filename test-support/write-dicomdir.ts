/** A DICOMDIR (PS3.3 F.3): an index whose records name files by their steps below its folder. */
export function dicomdirBytes(fileIds: readonly (readonly string[])[]): Buffer {
  const meta = Buffer.concat([
    element(0x0002, 0x0002, 'UI', '1.2.840.10008.1.3.10'),
    element(0x0002, 0x0010, 'UI', '1.2.840.10008.1.2.1'),
  ]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(meta.length);
  const patient = record('PATIENT', null);
  const records = Buffer.concat([patient, ...fileIds.map((steps) => record('IMAGE', steps))]);
  return Buffer.concat([
    Buffer.alloc(128),
    Buffer.from('DICM'),
    header(0x0002, 0x0000, 'UL', 4),
    length,
    meta,
    element(0x0004, 0x1130, 'CS', 'MADE'),
    header(0x0004, 0x1220, 'SQ', records.length),
    records,
  ]);
}

function record(kind: string, steps: readonly string[] | null): Buffer {
  const body = [element(0x0004, 0x1430, 'CS', kind)];
  if (steps) body.push(element(0x0004, 0x1500, 'CS', steps.join('\\')));
  const bytes = Buffer.concat(body);
  const item = Buffer.alloc(8);
  item.writeUInt16LE(0xfffe, 0);
  item.writeUInt16LE(0xe000, 2);
  item.writeUInt32LE(bytes.length, 4);
  return Buffer.concat([item, bytes]);
}

function element(group: number, tag: number, vr: string, text: string): Buffer {
  const value = Buffer.from(text.length % 2 ? text + (vr === 'UI' ? '\0' : ' ') : text, 'latin1');
  return Buffer.concat([header(group, tag, vr, value.length), value]);
}

function header(group: number, tag: number, vr: string, length: number): Buffer {
  const long = vr === 'SQ';
  const bytes = Buffer.alloc(long ? 12 : 8);
  bytes.writeUInt16LE(group, 0);
  bytes.writeUInt16LE(tag, 2);
  bytes.write(vr, 4);
  if (long) bytes.writeUInt32LE(length, 8);
  else bytes.writeUInt16LE(length, 6);
  return bytes;
}

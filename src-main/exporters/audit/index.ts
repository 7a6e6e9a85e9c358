import { stringify } from 'csv-stringify/sync';
import { whatOf, whoOf, type ChainRecord } from '../../core/reading/audit-text';
import { cell, csvOptions } from '../csv/cell';
import type { ExportedFile } from '../exported-file';

const columns = ['number', 'time', 'who', 'what', 'study', 'details', 'hash'];

/**
 * The audit chain for somebody else to read and to check: every record as it is hashed (JSON lines), the same as a table
 * for people, and what the check of the chain said. With the last hash kept elsewhere, a chain that was made anew as a
 * whole shows, too.
 */
export function renderAudit(
  records: readonly ChainRecord[],
  verification: { records: number; problems: readonly string[] },
  { exportedAt, exportedBy }: { exportedAt: string; exportedBy: string },
): ExportedFile[] {
  const last = records[records.length - 1];
  const stem = `regio-audit-${String(last?.seq ?? 0)}`;
  const lines = records.map((record) => `${JSON.stringify(record)}\n`).join('');
  const table = records.map((record) =>
    [record.seq, record.at, whoOf(record), record.type, record.studyId, whatOf(record), record.hash].map(
      cell,
    ),
  );
  const summary = {
    exportedAt,
    exportedBy,
    records: verification.records,
    intact: verification.problems.length === 0,
    problems: verification.problems,
    lastHash: last?.hash ?? null,
    howToCheck:
      'hash = sha256(previousHash + "\\n" + JSON.stringify([seq, at, type, studyId, JSON.stringify(payload)])); previousHash is the hash of the record before, 64 zeros for the first.',
  };
  const encode = (name: string, text: string): ExportedFile => ({
    name,
    bytes: new TextEncoder().encode(text),
  });
  return [
    encode(`${stem}.jsonl`, lines),
    encode(`${stem}.csv`, stringify([columns, ...table], csvOptions)),
    encode(`${stem}-verification.json`, `${JSON.stringify(summary, null, 2)}\n`),
  ];
}

import type { Connection } from './database';
import type { ThumbnailRow } from './types';

export function get(db: Connection, seriesId: string): ThumbnailRow | null {
  const row = db.get('SELECT * FROM thumbnails WHERE series_id = ?', [seriesId]);
  if (!row) return null;
  const { png } = row;
  return {
    seriesId,
    content: String(row['content']),
    width: Number(row['width']),
    height: Number(row['height']),
    png: png instanceof ArrayBuffer ? new Uint8Array(png) : null,
    tries: Number(row['tries']),
  };
}

/** Within a transaction. A series that is gone takes none. */
export function put(db: Connection, row: ThumbnailRow, maxBytes: number): void {
  if (!db.get('SELECT 1 AS there FROM series WHERE series_id = ?', [row.seriesId])) return;
  db.run('DELETE FROM thumbnails WHERE series_id = ?', [row.seriesId]);
  db.run('INSERT INTO thumbnails (series_id, content, width, height, png, tries) VALUES (?, ?, ?, ?, ?, ?)', [
    row.seriesId,
    row.content,
    row.width,
    row.height,
    row.png,
    row.tries,
  ]);
  let over = Number(db.get('SELECT sum(length(png)) AS bytes FROM thumbnails')?.['bytes'] ?? 0) - maxBytes;
  while (over > 0) {
    const oldest = db.get(
      'SELECT series_id, length(png) AS bytes FROM thumbnails WHERE png IS NOT NULL ORDER BY position LIMIT 1',
    )!;
    db.run('DELETE FROM thumbnails WHERE series_id = ?', [oldest['series_id']!]);
    over -= Number(oldest['bytes']);
  }
}

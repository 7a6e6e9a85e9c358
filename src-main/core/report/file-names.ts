import type { Report } from './report';

/**
 * The stem of every file of a report: its id, never the patient's name, in characters that every file system
 * takes (Windows device names cannot arise because of the prefix).
 */
export function reportFileStem(report: Report): string {
  const id = report.reportId
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 64);
  return id === '' ? 'regio-report' : `regio-report-${id}`;
}

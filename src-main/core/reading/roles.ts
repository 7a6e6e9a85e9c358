/** Everybody reads and signs; an adjudicator settles double readings, too; an admin makes users and exports the audit chain. */
export const userRoles = ['reader', 'adjudicator', 'admin'] as const;
export type UserRole = (typeof userRoles)[number];

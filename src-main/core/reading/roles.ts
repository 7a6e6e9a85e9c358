/**
 * Everybody reads and signs; an admin also makes users, assigns double readings and exports the audit chain, which shows
 * every reading: an admin is none of two blind readers. An adjudicator also says which of two readers is right.
 */
export const userRoles = ['reader', 'adjudicator', 'admin'] as const;
export type UserRole = (typeof userRoles)[number];

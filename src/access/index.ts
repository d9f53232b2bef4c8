export { authorise, authoriseRead } from './authorise.ts';
export { type PermissionName, permissions, type Role, roles } from './permissions.ts';
export { type ScopeColumns, scopeCondition } from './scope-condition.ts';
export { authenticate } from './sessions.ts';
export { system } from './system.ts';

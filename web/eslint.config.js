// @ts-check
// The style of the client's JavaScript and of its tests. Run from the repository's root: `npm --prefix web run lint`.
import js from '@eslint/js';

// Undefined names, unused ones in types and wrong types are the type check's (tsconfig.json).
const byTypeCheck = { 'no-undef': 'off' };

const strict = {
  'array-callback-return': 'error',
  'consistent-return': 'error',
  curly: ['error', 'multi-line'],
  'default-case-last': 'error',
  eqeqeq: 'error',
  'max-lines': ['error', 350],
  'max-lines-per-function': ['error', { max: 25, skipBlankLines: true, skipComments: true }],
  'no-alert': 'error',
  'no-console': ['error', { allow: ['warn', 'info'] }],
  'no-else-return': 'error',
  'no-eval': 'error',
  'no-implicit-coercion': 'error',
  'no-implicit-globals': 'error',
  'no-new-func': 'error',
  'no-param-reassign': 'error',
  'no-promise-executor-return': 'error',
  'no-restricted-properties': [
    'error',
    { property: 'innerHTML', message: 'Use textContent or replaceChildren.' },
    { property: 'outerHTML', message: 'Use replaceWith.' },
    { property: 'insertAdjacentHTML', message: 'Use append.' },
  ],
  'no-restricted-syntax': [
    'error',
    { selector: 'Program > VariableDeclaration[kind="let"]', message: 'No mutable module state: let an object keep it.' },
  ],
  'no-self-compare': 'error',
  'no-shadow': ['error', { builtinGlobals: false }],
  'no-throw-literal': 'error',
  'no-unneeded-ternary': 'error',
  'no-unused-expressions': ['error', { allowShortCircuit: false }],
  'no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
  'no-useless-return': 'error',
  'no-var': 'error',
  'object-shorthand': 'error',
  'prefer-const': 'error',
  'prefer-promise-reject-errors': 'error',
  'prefer-template': 'error',
  radix: 'error',
  'require-await': 'error',
};

export default [
  js.configs.recommended,
  { linterOptions: { reportUnusedDisableDirectives: 'error' }, rules: { ...byTypeCheck, ...strict } },
];

/** What to change, by the code of a composition error. */
const HINTS: Readonly<Record<string, string>> = {
  INVALID_GRAPHQL: 'Correct the SDL of this upstream; it is not a valid schema by itself',
  INVALID_SUBGRAPH_NAME: 'Give the upstream another name',
  NO_QUERIES: 'Let at least one upstream define a field of the query root type',
  TYPE_DEFINITION_INVALID: 'Remove this definition; federation brings its own',
  DIRECTIVE_DEFINITION_INVALID: 'Remove this directive definition and import the directive with @link',
  UNSUPPORTED_FEATURE: 'Remove it from this upstream, or ask a later federation version for it in @link',

  TYPE_KIND_MISMATCH:
    'Define the type with one kind everywhere, or rename it in one upstream (`transforms: rename_types`)',
  FIELD_TYPE_MISMATCH:
    'Give the field one type in all upstreams (they may differ only in nullability), or rename it in one (`transforms: rename_fields`)',
  FIELD_ARGUMENT_TYPE_MISMATCH: 'Give the argument one type in all upstreams that define the field',
  FIELD_ARGUMENT_DEFAULT_MISMATCH: 'Give the argument one default value in all upstreams that define the field',
  INPUT_FIELD_DEFAULT_MISMATCH: 'Give the input field one default value in all upstreams that define the type',
  REQUIRED_ARGUMENT_MISSING_IN_SOME_SUBGRAPH:
    'Add the argument in the upstreams that lack it, or make it nullable or give it a default where it is required',
  REQUIRED_INPUT_FIELD_MISSING_IN_SOME_SUBGRAPH:
    'Add the input field in the upstreams that lack it, or make it nullable or give it a default where it is required',
  EMPTY_MERGED_INPUT_TYPE: 'Let the upstreams share at least one field of the input type, or rename it in one of them',
  EMPTY_MERGED_ENUM_TYPE: 'Let the upstreams share at least one value of the enum, or rename it in one of them',
  ENUM_VALUE_MISMATCH: 'Define the same values in all upstreams: the enum is used both for input and for output',
  INVALID_FIELD_SHARING:
    'Mark the field @shareable in every upstream that resolves it alike, or let all but one mark it @external or give it up with @override',
  INVALID_SHAREABLE_USAGE: 'Move @shareable to a field of an object type',
  SATISFIABILITY_ERROR:
    'Make the field reachable: give the type a @key that the upstreams share, or mark the fields on the way @shareable where they are resolved alike',

  KEY_INVALID_FIELDS:
    'Name only fields that the type has in this upstream; add the field (with @external where another upstream resolves it)',
  KEY_INVALID_FIELDS_TYPE: 'Write `fields` as a string, such as @key(fields: "id")',
  KEY_FIELDS_HAS_ARGS: 'Choose key fields without arguments',
  KEY_FIELDS_SELECT_INVALID_TYPE: 'Choose key fields that are not lists of interfaces or unions',
  KEY_DIRECTIVE_IN_FIELDS_ARG: 'Remove the directive from the field set',
  KEY_UNSUPPORTED_ON_INTERFACE: 'Ask for federation v2.3 or later in @link to have keys on interfaces',
  INTERFACE_KEY_NOT_ON_IMPLEMENTATION: 'Give every implementing type the key of the interface',
  INTERFACE_KEY_MISSING_IMPLEMENTATION_TYPE:
    'Define the missing types in this upstream and let them implement the interface',
  INTERFACE_OBJECT_USAGE_ERROR: 'Give the type a @key, and let another upstream define it as an interface',
  INTERFACE_FIELD_NO_IMPLEM: 'Add the field to the implementing type, or remove it from the interface',

  EXTERNAL_UNUSED: 'Remove the field, or use it in a @key, @requires or @provides',
  EXTERNAL_MISSING_ON_BASE: 'Let one upstream define the field without @external',
  EXTERNAL_TYPE_MISMATCH: 'Give the @external field the type that it has where it is resolved',
  EXTERNAL_ARGUMENT_MISSING: 'Give the @external field the arguments that it has where it is resolved',
  EXTENSION_WITH_NO_BASE: 'Define the type in one upstream instead of only extending it, or check the name',
  MERGED_DIRECTIVE_APPLICATION_ON_EXTERNAL: 'Move the directive to the upstream that resolves the field',

  REQUIRES_INVALID_FIELDS: 'Name only fields that the type has in this upstream, marked @external',
  REQUIRES_INVALID_FIELDS_TYPE: 'Write `fields` as a string, such as @requires(fields: "weight")',
  REQUIRES_FIELDS_MISSING_EXTERNAL: 'Mark the required field @external in this upstream, or do without @requires',
  REQUIRES_DIRECTIVE_IN_FIELDS_ARG: 'Remove the directive from the field set',
  REQUIRES_UNSUPPORTED_ON_INTERFACE: 'Move @requires to the fields of the implementing types',
  PROVIDES_INVALID_FIELDS: "Name only fields that the field's type has in this upstream",
  PROVIDES_INVALID_FIELDS_TYPE: 'Write `fields` as a string, such as @provides(fields: "name")',
  PROVIDES_FIELDS_MISSING_EXTERNAL: 'Mark the provided field @external in this upstream, or do without @provides',
  PROVIDES_FIELDS_HAS_ARGS: 'Provide only fields without arguments',
  PROVIDES_DIRECTIVE_IN_FIELDS_ARG: 'Remove the directive from the field set',
  PROVIDES_ON_NON_OBJECT_FIELD: 'Remove @provides: the field returns no object',
  PROVIDES_UNSUPPORTED_ON_INTERFACE: 'Move @provides to the fields of the implementing types',

  OVERRIDE_FROM_SELF_ERROR: 'Name another upstream in @override(from:)',
  OVERRIDE_SOURCE_HAS_OVERRIDE: 'Keep only one of the two @override directives',
  OVERRIDE_COLLISION_WITH_ANOTHER_DIRECTIVE: 'Remove @override or the other directive from the field',
  OVERRIDE_ON_INTERFACE: 'Move @override to the fields of the implementing types',
  OVERRIDE_LABEL_INVALID: 'Use a label such as "percent(25)", or one of letters, digits and _ - : . /',

  UNKNOWN_FEDERATION_LINK_VERSION: 'Link a federation version from v2.0 to v2.9',
  UNKNOWN_LINK_VERSION: 'Link a version of the specification that exists',
  INVALID_LINK_IDENTIFIER: 'Write the @link url as "https://…/name/v1.0"',
  INVALID_LINK_DIRECTIVE_USAGE: 'Import only what the linked specification defines, and link it once',
  LINK_IMPORT_NAME_MISMATCH: 'Import the directive under one name in all upstreams',
  DIRECTIVE_COMPOSITION_ERROR:
    'Define the directive, link it with a url of its own and name it in @composeDirective, alike in all upstreams that use it',

  QUERY_ROOT_TYPE_INACCESSIBLE: 'Remove @inaccessible from the query root type',
  REFERENCED_INACCESSIBLE: 'Hide the field as well, or remove @inaccessible from the type that it uses',
  REQUIRED_INACCESSIBLE: 'Make the hidden argument or input field nullable or give it a default, or show it',
  ONLY_INACCESSIBLE_CHILDREN: 'Hide the type as well, or show one of its members',
  IMPLEMENTED_BY_INACCESSIBLE: 'Hide the field of the interface as well, or show this one',
  DEFAULT_VALUE_USES_INACCESSIBLE: 'Choose a default value that is not hidden',

  AUTH_REQUIREMENTS_APPLIED_ON_INTERFACE: 'Put the directive on the implementing types and their fields',
  MISSING_TRANSITIVE_AUTH_REQUIREMENTS: 'Put the directives of the required fields on this field too',
  COST_APPLIED_TO_INTERFACE_FIELD: 'Put @cost on the fields of the implementing types',
  DIRECTIVE_COST_INVALID_WEIGHT: 'Write `weight` as a whole number',
  LIST_SIZE_APPLIED_TO_NON_LIST: 'Remove @listSize, or name the list fields in `sizedFields`',
  LIST_SIZE_INVALID_ASSUMED_SIZE: 'Write `assumedSize` as a whole number from 0',
  LIST_SIZE_INVALID_SLICING_ARGUMENT: 'Name only Int arguments of the field in `slicingArguments`',
  LIST_SIZE_INVALID_SIZED_FIELD: "Name only list fields of the field's type in `sizedFields`",
  LIST_SIZE_INVALID_REQUIRE_ONE_SLICING_ARGUMENT: 'Write `requireOneSlicingArgument` as true or false',

  CONTEXT_NAME_INVALID: 'Use only letters and digits in the name of the context',
  CONTEXT_NOT_SET: 'Set the context with @context on a type above the field',
  CONTEXT_INVALID_SELECTION: 'Select one field that every type with this context has',
  CONTEXT_NO_RESOLVABLE_KEY: 'Give the type a resolvable @key',
  NO_CONTEXT_IN_SELECTION: 'Begin the selection with the name of the context, such as "$context { id }"',
  CONTEXTUAL_ARGUMENT_NOT_CONTEXTUAL_IN_ALL_SUBGRAPHS:
    'Use @fromContext on the argument in all upstreams, or make it nullable there',
};

/** `INVALID_GRAPHQL` covers all of the GraphQL specification; what is met most often has its own hint. */
const INVALID_GRAPHQL_HINTS: readonly (readonly [message: RegExp, hint: string])[] = [
  [/^Syntax Error: Unexpected <EOF>/, 'Complete the SDL: it ends too early, or is empty'],
  [/^Syntax Error/, 'Correct the syntax at this place'],
  [/^Unknown type/, 'Define the type in this upstream, or correct its name'],
  [/^Unknown directive.*@link/s, 'Add the directive to `import` of the @link to the federation specification'],
  [/^Unknown directive/, 'Define the directive in this upstream, or correct its name'],
  [/^Argument "@\w+\(\w+:\)".*required/s, 'Give the directive the argument'],
  [/can only be defined once|There can be only one/, 'Remove one of the two definitions'],
];

/** A sentence without full stop that says what to change; general where the code is unknown. */
export function hintFor(code: string, message: string): string {
  const special = code === 'INVALID_GRAPHQL' && INVALID_GRAPHQL_HINTS.find(([pattern]) => pattern.test(message))?.[1];
  return special || (HINTS[code] ?? 'Change the SDL of the upstream so that the statement no longer holds');
}

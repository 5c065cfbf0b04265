// Turns the comments of an example into assertions, keeping every line where it was:
//   expression;            // => value          the (awaited) value equals `value`, see check.ts for the tolerance
//   console.log(value);    // => value          the same, of what is logged
//   const name = …;        // => value          the same, of the variable
//   expression;            // throws message    it throws an error whose message contains `message`
import ts from 'typescript';

/**
 * @param {string} code
 * @param {string} file for messages
 * @param {number} firstLine line of the code's first line in that file
 */
export function withAssertions(code, file, firstLine) {
  const source = ts.createSourceFile('example.ts', code, ts.ScriptTarget.Latest, true);
  /** @type {{ start: number, end: number, text: string }[]} */
  const edits = [];
  let asserted = 0;
  for (const statement of source.statements) {
    const end = statement.getEnd();
    const comment = /^[ \t]*\/\/[ \t]*(=>|throws\b)[ \t]*(.*)/.exec(code.slice(end));
    if (!comment) continue;
    asserted++;
    const where = `${file}:${firstLine + source.getLineAndCharacterOfPosition(statement.getStart()).line}`;
    const [, kind, rest = ''] = comment;
    const text =
      kind === '=>'
        ? equality(statement, expectedValue(code, end, rest, where), where)
        : `await __throws(async () => (${expressionOf(statement, where).getText()}), ${JSON.stringify(rest.trim())}, ${JSON.stringify(where)});`;
    edits.push({ start: statement.getStart(), end, text });
  }
  const written = (code.match(/\/\/[ \t]*(=>|throws\b)/g) ?? []).length;
  if (written !== asserted) {
    throw new Error(`${file}:${firstLine}: ${written - asserted} of the "// =>" or "// throws" comments of this example follow no top-level statement, so nothing would check them.`);
  }
  return edits.reduceRight((result, edit) => result.slice(0, edit.start) + edit.text + result.slice(edit.end), code);
}

/**
 * The expected value, which may go on over the following comment lines until it is a whole expression.
 * @param {string} code
 * @param {number} end
 * @param {string} first
 * @param {string} where
 */
function expectedValue(code, end, first, where) {
  const following = code.slice(end).split('\n').slice(1);
  let value = first.trim();
  while (!isExpression(value)) {
    const more = /^[ \t]*\/\/(.*)/.exec(following.shift() ?? '');
    if (!more) throw new Error(`${where}: "${first.trim()}" after "// =>" is not a TypeScript expression.`);
    value += ` ${more[1].trim()}`;
  }
  return value;
}

/** @param {string} text */
function isExpression(text) {
  const source = ts.createSourceFile('value.ts', `(${text});`, ts.ScriptTarget.Latest);
  return text !== '' && source.statements.length === 1 && source.parseDiagnostics.length === 0;
}

/**
 * @param {ts.Statement} statement
 * @param {string} expected
 * @param {string} where
 */
function equality(statement, expected, where) {
  const check = (/** @type {string} */ actual) => `__check(${actual}, (${expected}), ${JSON.stringify(where)});`;
  if (ts.isVariableStatement(statement)) {
    const name = statement.declarationList.declarations.at(-1)?.name;
    if (name && ts.isIdentifier(name)) return `${statement.getText()} ${check(`await ${name.text}`)}`;
  }
  return check(`await (${loggedOrItself(expressionOf(statement, where)).getText()})`);
}

/**
 * @param {ts.Statement} statement
 * @param {string} where
 */
function expressionOf(statement, where) {
  if (ts.isExpressionStatement(statement)) return statement.expression;
  throw new Error(`${where}: only an expression or a variable can be followed by "// =>" or "// throws".`);
}

/** @param {ts.Expression} expression */
function loggedOrItself(expression) {
  const isLog = ts.isCallExpression(expression) && expression.expression.getText() === 'console.log' && expression.arguments.length === 1;
  return isLog ? expression.arguments[0] : expression;
}

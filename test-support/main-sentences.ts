import ts from 'typescript';

/** A sentence that stands in main's source; what is put into it is {@link placeholder} or what its branches say. */
export interface MainSentence {
  /** Relative to src-main, with forward slashes. */
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

export const placeholder = '⟨⟩';

/**
 * Every sentence in the sources of main: texts that begin with a capital and end as a sentence does, whatever an AppError is
 * given, and what the rules of a guideline and the steps of a job say.
 *
 * @param sources text by path under src-main
 */
export function mainSentences(sources: Readonly<Record<string, string>>): MainSentence[] {
  return Object.entries(sources).flatMap(([file, code]) => {
    const source = ts.createSourceFile(file, code, ts.ScriptTarget.Latest, true);
    const found: MainSentence[] = [];
    const add = (node: ts.Node, text: string): void => {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart());
      found.push({ file, line: line + 1, text });
    };
    const visit = (node: ts.Node): void => {
      for (const told of toldBy(node)) for (const text of textsOf(told)) add(told, text);
      const texts = textsOf(node);
      for (const text of texts) if (isSentence(text)) add(node, text);
      if (texts.length === 0) ts.forEachChild(node, visit);
    };
    visit(source);
    return found;
  });
}

const isSentence = (text: string): boolean =>
  new RegExp(`^([A-Z]|${placeholder}).* .*[.!?]$`, 's').test(text) &&
  /[a-z] |[a-z]\.$/.test(text) &&
  !/^(SELECT|INSERT|UPDATE|DELETE|CREATE) |\?$/.test(text);

/** Arguments that a person is told, whether they look like a sentence or not. */
function toldBy(node: ts.Node): readonly ts.Node[] {
  if (!ts.isNewExpression(node) && !ts.isCallExpression(node)) return [];
  const name = node.expression.getText().replace(/^.*\./, '');
  const given = node.arguments ?? ([] as unknown as ts.NodeArray<ts.Expression>);
  if (name === 'AppError') return given.slice(1, 3);
  if (name === 'onProgress') return given.slice(1, 2);
  return [];
}

/** What an expression of text can be; none where it is no text, or another function makes it. */
function textsOf(node: ts.Node): string[] {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return [node.text];
  if (ts.isParenthesizedExpression(node)) return textsOf(node.expression);
  if (ts.isConditionalExpression(node)) return [...textsOf(node.whenTrue), ...textsOf(node.whenFalse)];
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken)
    return joined([textsOf(node.left), textsOf(node.right)]);
  if (ts.isCallExpression(node) && node.expression.getText() === 'plural')
    return node.arguments.slice(1).flatMap((n) => textsOf(n).map((text) => `${placeholder} ${text}`));
  if (!ts.isTemplateExpression(node)) return [];
  return joined(
    [[node.head.text]].concat(
      node.templateSpans.map(({ expression, literal }) => {
        const inner = textsOf(expression);
        return (inner.length > 0 ? inner : [placeholder]).map((text) => text + literal.text);
      }),
    ),
  );
}

const joined = (parts: readonly (readonly string[])[]): string[] =>
  parts.reduce<string[]>((texts, part) => texts.flatMap((before) => part.map((p) => before + p)), ['']);

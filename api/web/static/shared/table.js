// A table of numbers in words: the same as a chart shows, for reading, hearing and copying.
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { ifDefined } from "../vendor/lit-html/directives/if-defined.js";

/**
 * @param {object} table
 * @param {string} table.id
 * @param {string} table.caption
 * @param {string[]} table.columns the first is that of the headings of the rows
 * @param {string[][]} table.rows texts; the first of each is its heading, an empty text is not known
 * @param {number | null} [table.current] place of the row that is read
 */
export const table = ({ id, caption, columns: [first, ...columns], rows, current = null }) => html`
  <div class="table-frame" role="region" aria-labelledby="${id}-caption" tabindex="0">
    <table class="table" id=${id}>
      <caption id="${id}-caption">${caption}</caption>
      <thead><tr><th scope="col">${first}</th>${columns.map((each) => html`<th scope="col">${each}</th>`)}</tr></thead>
      <tbody>${rows.map(
        ([head, ...cells], place) =>
          html`<tr aria-current=${ifDefined(place === current ? "true" : undefined)}><th scope="row">${head}</th>${cells.map(cell)}</tr>`,
      )}</tbody>
    </table>
  </div>
`;

/** @param {string} text */
const cell = (text) => (text ? html`<td>${text}</td>` : html`<td>${nothing}</td>`);

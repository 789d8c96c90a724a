/* Which elements begin lines, paragraphs, lists and quotes.  Pure, any thread. */
#include "mime-html-role-private.h"

#include <string.h>

/* Sorted. */
static const struct
{
  const char *name;
  MimeRole role;
} roles[] = {
  { "a", MIME_ROLE_LINK },           { "address", MIME_ROLE_BLOCK },
  { "article", MIME_ROLE_BLOCK },    { "aside", MIME_ROLE_BLOCK },
  { "blockquote", MIME_ROLE_QUOTE }, { "br", MIME_ROLE_BREAK },
  { "caption", MIME_ROLE_BLOCK },    { "center", MIME_ROLE_BLOCK },
  { "dd", MIME_ROLE_BLOCK },         { "details", MIME_ROLE_BLOCK },
  { "dir", MIME_ROLE_LIST },         { "div", MIME_ROLE_BLOCK },
  { "dl", MIME_ROLE_PARAGRAPH },     { "dt", MIME_ROLE_BLOCK },
  { "fieldset", MIME_ROLE_BLOCK },   { "figcaption", MIME_ROLE_BLOCK },
  { "figure", MIME_ROLE_BLOCK },     { "footer", MIME_ROLE_BLOCK },
  { "form", MIME_ROLE_BLOCK },       { "h1", MIME_ROLE_PARAGRAPH },
  { "h2", MIME_ROLE_PARAGRAPH },     { "h3", MIME_ROLE_PARAGRAPH },
  { "h4", MIME_ROLE_PARAGRAPH },     { "h5", MIME_ROLE_PARAGRAPH },
  { "h6", MIME_ROLE_PARAGRAPH },     { "header", MIME_ROLE_BLOCK },
  { "hr", MIME_ROLE_RULE },          { "li", MIME_ROLE_ITEM },
  { "main", MIME_ROLE_BLOCK },       { "nav", MIME_ROLE_BLOCK },
  { "ol", MIME_ROLE_LIST },          { "p", MIME_ROLE_PARAGRAPH },
  { "pre", MIME_ROLE_PRE },          { "section", MIME_ROLE_BLOCK },
  { "summary", MIME_ROLE_BLOCK },    { "table", MIME_ROLE_PARAGRAPH },
  { "td", MIME_ROLE_CELL },          { "th", MIME_ROLE_CELL },
  { "tr", MIME_ROLE_ROW },           { "ul", MIME_ROLE_LIST },
};

MimeRole
mime_html_role (const char *name)
{
  gsize low = 0, high = G_N_ELEMENTS (roles);

  while (low < high) {
    gsize middle = (low + high) / 2;
    int order = strcmp (name, roles[middle].name);

    if (order == 0)
      return roles[middle].role;
    if (order < 0)
      high = middle;
    else
      low = middle + 1;
  }
  return MIME_ROLE_NONE;
}

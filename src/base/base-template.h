/* A text that a person writes again and again: templates/<id>.ini beside the accounts (GKeyFile).  A plain value.  Any thread,
 * one at a time.
 *
 * In subject and text stand placeholders, "{name}", which are filled in when it is used (mail-template.h). */
#pragma once

#include "base-paths.h"

G_BEGIN_DECLS

typedef struct
{
  char *id;           /* file name without .ini: a UUID */
  char *name;         /* what the person calls it; one line */
  char *abbreviation; /* nullable: what is typed for it, without spaces */
  char *subject;      /* nullable: of a letter that has none yet */
  char *text;         /* as bare text */
  char *html; /* nullable: the same with formats, in the HTML of letters (ui-editor-html.h) */
} BaseTemplate;

BaseTemplate *base_template_new (void) G_GNUC_WARN_UNUSED_RESULT; /* empty, with a fresh id */
BaseTemplate *base_template_dup (const BaseTemplate *template) G_GNUC_WARN_UNUSED_RESULT;
void base_template_free (BaseTemplate *template);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaseTemplate, base_template_free)

/* It has a name of one line, a text, and an abbreviation that can be typed; the error's sentence says what is to be mended (REFUSED). */
gboolean base_template_check (const BaseTemplate *template, GError **error);
/* All of the profile, in no order; GPtrArray of BaseTemplate.  A file that cannot be read is left alone and logged. */
GPtrArray *base_template_load_all (const BasePaths *paths) G_GNUC_WARN_UNUSED_RESULT;
/* Whole or not at all, durable.  REFUSED, DISK. */
gboolean base_template_save (const BaseTemplate *template, const BasePaths *paths, GError **error);
/* TRUE as well when it is not there.  DISK. */
gboolean base_template_remove (const char *id, const BasePaths *paths, GError **error);

G_END_DECLS

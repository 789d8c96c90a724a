/* CSS of strangers: only listed properties, only values that can fetch nothing, cover nothing and hide no text.  Pure, any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* "color:red;font-size:12px" of a style attribute's declarations; "" when nothing is left.  Twice equals once.  `ink`, nullable, is said in
 * place of their colour.  Of what is no picture the height becomes a least height as well. */
char *mime_css_clean_declarations (const char *css, gsize length, gboolean of_picture,
                                   const char *ink) G_GNUC_WARN_UNUSED_RESULT;
/* The rules of a style element; plain rules, and @media with them where it asks for the width or the colour scheme. "" when nothing is
 * left.  Twice equals once. */
char *mime_css_clean_sheet (const char *css, gsize length) G_GNUC_WARN_UNUSED_RESULT;

/* Each declaration that a browser could understand, in order, its name in lower case, also of properties that are not let through. */
typedef void (*MimeCssDeclarationFunc) (const char *name, const char *value, gpointer user_data);
void mime_css_each_declaration (const char *css, gsize length, MimeCssDeclarationFunc func,
                                gpointer user_data);
/* Each rule that stands under no condition. */
typedef void (*MimeCssRuleFunc) (const char *prelude, const char *block, gsize length,
                                 gpointer user_data);
void mime_css_each_rule (const char *css, gsize length, MimeCssRuleFunc func, gpointer user_data);
/* A font-size that nobody can read. */
gboolean mime_css_is_tiny (const char *value);

G_END_DECLS

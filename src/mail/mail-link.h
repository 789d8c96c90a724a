/* Links of messages: how their target is shown, what of it serves only to follow people, and whether the text beside it is honest.
 * Pure; any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* As a person reads it: a host in its own script where that is one script (with those that are written together: Korean and
 * Chinese, Japanese), else as "xn--…", so that no letter passes for another. */
char *mail_link_dup_shown (const char *uri) G_GNUC_WARN_UNUSED_RESULT;
/* Without what only follows people from mail to page (utm_source, fbclid …); NULL: there is nothing of it.  `removed`: the names, new. */
char *mail_link_strip (const char *uri, GStrv *removed) G_GNUC_WARN_UNUSED_RESULT;
/* `text` reads like a web address of another host than the link leads to: that host, as shown.  NULL: it does not. */
char *mail_link_dup_claimed (const char *uri, const char *text) G_GNUC_WARN_UNUSED_RESULT;
/* The host that it leads to, as shown; NULL for other than web links. */
char *mail_link_dup_host (const char *uri) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS

/* Mail in the search of the desktop (org.gnome.Shell.SearchProvider2).  Main thread. */
#pragma once

#include <gtk/gtk.h>

#include "mail-engine.h"

G_BEGIN_DECLS

typedef struct _UiSearchProvider UiSearchProvider;

/* What the person chose: `item` of the list of `typed`, 0: they want to see all. */
typedef void (*UiSearchProviderFunc) (const char *typed, gint64 item, gpointer user_data);

/* On `connection`, below `path`.  `engine` (borrowed, lives longer) need not be ready: who asks waits for it.  A program that was started for it
 * and has no window quits some time after the last question. */
UiSearchProvider *ui_search_provider_new (GApplication *app, GDBusConnection *connection,
                                          const char *path, UiSearchProviderFunc func,
                                          gpointer user_data,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Once there is an engine. */
void ui_search_provider_set_engine (UiSearchProvider *self, MailEngine *engine,
                                    GSettings *settings);
void ui_search_provider_free (UiSearchProvider *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (UiSearchProvider, ui_search_provider_free)

G_END_DECLS

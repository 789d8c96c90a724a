/* Types that have to be known before there are threads. */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* To be called by whoever is about to begin a thread that connects, or that uses libsoup, before it does.  GLib 2.74 hangs for ever, with every thread
 * that makes an object of a class for the first time, where one thread makes a class that refers to one of these (libsoup's connections to GTask), and
 * another thread at the same moment gives the type its interfaces: the first holds the lock of all classes and waits for the type, the second has the type and
 * waits for that lock.  Costs nothing from the second time on. */
void net_types_register (void);

G_END_DECLS

/* Messages of conversations, in more than one file of tests. */
#pragma once

#include "test-store.h"

/* Puts it into the folder as one that came from the server, and returns its row. */
gint64 put_full (Profile *profile, gint64 folder, guint32 uid, StoreNewMessage *message);
gint64 thread_of (Profile *profile, gint64 id);
guint count_messages (Profile *profile, gint64 thread);

/* A Secret Service for tests, on a bus of its own (tests/lab/secret-service): it can be locked, and it can be slow. */
#pragma once

#include <glib.h>

typedef struct _SecretService SecretService;

/* Calls `func` in a process of its own, for libsecret chooses once where it keeps what. */
void secret_service_with (void (*func) (SecretService *service));
/* From here on: nobody who is asked unlocks it, and nobody is answered. */
void secret_service_set (SecretService *service, gboolean locked, gboolean held);
/* How often that was asked of it ("Unlock"). */
guint secret_service_count (SecretService *service, const char *method);
/* (blocks) Until it was asked once more than `times`. */
void secret_service_wait (SecretService *service, const char *method, guint times);

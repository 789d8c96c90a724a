/* The groups of live tests; each adds its own cases. */
#pragma once

void test_folders_add (void);
void test_send_add (void);
void test_trouble_add (void);

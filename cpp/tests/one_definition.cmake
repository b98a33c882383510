# cmake -DNM=nm -DISA=avx2 -DOBJECT=kernels.o -P one_definition.cmake
#
# Fails if the kernels of one instruction set define an inline function that others can share.
# The linker keeps one copy of it for the whole program, and could keep the copy of a newer machine.
execute_process(COMMAND "${NM}" --defined-only "${OBJECT}"
  OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL "[^\n]* [WVu] [^\n]*" shared "${symbols}")
string(LENGTH "${ISA}" length)
list(FILTER shared EXCLUDE REGEX "5gated${length}${ISA}|DW\\.ref\\.__gxx_personality")
if(shared)
  list(JOIN shared "\n" shared)
  message(FATAL_ERROR "Not in namespace gated::${ISA}, and shared with all other code "
                      "(c++filt makes the names readable):\n${shared}\n"
                      "Move it there, or make it always_inline.")
endif()

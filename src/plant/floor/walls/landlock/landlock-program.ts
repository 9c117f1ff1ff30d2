import { wallFailed } from '../namespaces-script.ts';

/**
 * Perl that shuts itself off and becomes the command. Perl, because it can make any system call, is on nearly every Linux
 * and needs none of its modules for this.
 *
 * Arguments: numbers of prctl and seccomp, the filter in hexadecimal, the folder to run in, how many rules, how many
 * variables; then the rules (`r` read, `w` write, `d` device, followed by `?` where it may be missing, and the path), the
 * variables as NAME=value, and the command.
 */
export const landlockProgram = `use strict;
my ($prctl, $seccomp, $filter, $folder, $rules, $variables) = splice @ARGV, 0, 6;
my @rules = splice @ARGV, 0, 2 * $rules;
my @variables = splice @ARGV, 0, $variables;
sub refuse { print STDERR "wall: $_[0], so nothing was started\\n"; exit ${wallFailed} }

my $abi = syscall 444, 0, 0, 1;
refuse "the kernel has no Landlock ($!)" if $abi < 1;
# What each age of Landlock knows of files; then of ports of TCP, and of sockets without a file and signals to others.
my $all = $abi >= 5 ? 0xffff : $abi >= 3 ? 0x7fff : $abi >= 2 ? 0x3fff : 0x1fff;
my $attributes = pack('Q', $all) . ($abi >= 4 ? pack('Q', 3) : '') . ($abi >= 6 ? pack('Q', 3) : '');
my $ruleset = syscall 444, $attributes, length $attributes, 0;
refuse "no ruleset can be made ($!)" if $ruleset < 0;

my %access = (r => 0x000d, w => $all, d => 0xc006);
while (my ($kind, $path) = splice @rules, 0, 2) {
  my $optional = $kind =~ s/\\?$//;
  if (!sysopen my $at, $path, 0x280000) {
    next if $optional;
    refuse "$path cannot be opened ($!)";
  } else {
    # Of what is no folder only the rights of files can be told.
    my $rule = pack 'Ql', $access{$kind} & $all & (-d $at ? 0xffff : 0xc007), fileno $at;
    refuse "$path cannot be allowed ($!)" if syscall(445, $ruleset, 1, $rule, 0) != 0;
  }
}

chdir $folder or refuse "$folder cannot be entered ($!)";
my $job = $ENV{JIDOKA_JOB};
%ENV = map { split /=/, $_, 2 } @variables;
$ENV{JIDOKA_JOB} = $job if defined $job;
my $code = pack 'H*', $filter;
my $program = pack 'S x6 P', length($code) / 8, $code;
refuse "rights cannot be given up ($!)" if syscall($prctl + 0, 38, 1, 0, 0, 0) != 0;
refuse "Landlock cannot be entered ($!)" if syscall(446, $ruleset, 0) != 0;
refuse "calls cannot be filtered ($!)" if syscall($seccomp + 0, 1, 0, $program) != 0;
exec { $ARGV[0] } @ARGV;
print STDERR "wall: $ARGV[0] cannot be started: $!\\n";
exit 127;
`;
